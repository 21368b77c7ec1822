'use strict';
// Requests that no gRPC client makes, on node:http2.

const assert = require('node:assert/strict');
const http2 = require('node:http2');

const SERVICE = '/clusterras.conformance.Echo';

function open(port, headers) {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': `${SERVICE}/Unary`,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  return { session, stream };
}

async function post(port, body, headers = {}) {
  const { session, stream } = open(port, headers);
  const answer = { headers: {}, trailers: null, bytes: 0 };
  stream.on('response', (received) => (answer.headers = received));
  stream.on('trailers', (received) => (answer.trailers = received));
  stream.on('data', (data) => (answer.bytes += data.length));
  stream.end(Buffer.from(body));
  await new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
  session.destroy();
  return answer;
}

exports.compressedFlag = async (port) =>
  assert.equal((await post(port, [1, 0, 0, 0, 0])).headers['grpc-status'], '13');

exports.truncated = async (port) => {
  assert.equal((await post(port, [0, 0, 0, 0, 10, 1, 2, 3])).headers['grpc-status'], '13');
  assert.equal((await post(port, [0, 0, 0])).headers['grpc-status'], '13');
};

exports.unknownEncoding = async (port) => {
  const { headers } = await post(port, [1, 0, 0, 0, 1, 0], { 'grpc-encoding': 'br' });
  assert.equal(headers['grpc-status'], '12');
  assert.equal(headers['grpc-accept-encoding'], 'identity');
};

exports.trailersOnly = async (port) => {
  const answer = await post(port, [0, 0, 0, 0, 2, 0x18, 9]); // fail_code = 9
  assert.equal(answer.headers['grpc-status'], '9');
  assert.equal(answer.trailers, null);
  assert.equal(answer.bytes, 0);
};

exports.notGrpc = async (port) =>
  assert.equal((await post(port, Buffer.alloc(5), { 'content-type': 'text/plain' })).headers[':status'], 415);

// Starts a call that hangs, then resets its stream. The connection stays: the reset alone must do.
exports.reset = async (port) => {
  const { stream } = open(port, { ':path': `${SERVICE}/Down` });
  stream.on('error', () => {});
  // text = "reset", count = 1, hang = true; the reply says that the handler runs.
  stream.end(Buffer.from([0, 0, 0, 0, 11, 0x0a, 5, ...Buffer.from('reset'), 0x10, 1, 0x30, 1]));
  await new Promise((resolve) => stream.once('data', resolve));
  stream.close(http2.constants.NGHTTP2_CANCEL);
};
