'use strict';
// Answers that no gRPC server gives, on node:http2.

const http2 = require('node:http2');

const GRPC = { ':status': 200, 'content-type': 'application/grpc' };

function answer(stream, headers, body, trailers) {
  stream.respond(headers, { waitForTrailers: trailers !== undefined });
  if (trailers) {
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  }
  stream.end(Buffer.from(body));
}

const OK = { 'grpc-status': '0' };

const ANSWERS = {
  '/raw/CompressedFlag': (stream) => answer(stream, GRPC, [1, 0, 0, 0, 0], OK),
  '/raw/UnknownEncoding': (stream) => answer(stream, { ...GRPC, 'grpc-encoding': 'br' }, [1, 0, 0, 0, 1, 0], OK),
  '/raw/Truncated': (stream) => answer(stream, GRPC, [0, 0, 0, 0, 16, 1, 2, 3, 4], OK),
  '/raw/TrailersOnly': (stream) =>
    stream.respond(
      { ...GRPC, 'grpc-status': '9', 'grpc-message': 'caf%C3%A9', 'x-trail': 't' },
      { endStream: true },
    ),
  '/raw/Reset': (stream) => {
    // Waiting for trailers keeps close() from ending the stream before it resets it.
    stream.respond(GRPC, { waitForTrailers: true });
    stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
  },
  '/raw/Html': (stream) => answer(stream, { ':status': 200, 'content-type': 'text/html' }, Buffer.from('<p>hello</p>')),
  '/raw/Http503': (stream) => answer(stream, { ':status': 503, 'content-type': 'text/plain' }, Buffer.from('busy')),
  '/raw/NoStatus': (stream) => answer(stream, GRPC, Buffer.alloc(5)),
};

function lateHeaders(stream) {
  // Headers only now, when a message has come; and the request has not ended yet.
  stream.once('data', () => {
    stream.respond(GRPC, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(OK));
    stream.write(Buffer.alloc(5));
  });
  stream.on('end', () => stream.end());
}

exports.start = (listening) => {
  const server = http2.createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    if (headers[':path'] === '/raw/LateHeaders') {
      lateHeaders(stream);
    } else {
      stream.resume().on('end', () => ANSWERS[headers[':path']](stream));
    }
  });
  server.listen(0, '127.0.0.1', () => listening(server.address().port));
};
