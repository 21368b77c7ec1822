'use strict';
// Echo on @grpc/grpc-js, and answers by hand on node:http2. Prints the two ports, then serves until stdin closes.

const grpc = require('@grpc/grpc-js');
const { ECHO, MESSAGE_BYTES_MAX } = require('./echo_proto');
const rawServer = require('./raw_server');

const seen = new Set();
const waiting = new Map();

function note(text) {
  seen.add(text);
  (waiting.get(text) ?? []).forEach((resume) => resume());
}

// Before the first reply: a client may cancel as soon as it has that.
function watch(ask, call) {
  if (ask.hang) {
    call.on('cancelled', () => note(ask.text));
    if (call.cancelled) {
      note(ask.text);
    }
  }
}

// Null: the call ends well. Undefined: it hangs.
function endOf(ask, call) {
  if (ask.hang) {
    return undefined;
  }
  return ask.fail_code ? { code: ask.fail_code, details: ask.fail_message, metadata: trailersOf(call) } : null;
}

function echoed(call, asciiKey, binaryKey) {
  const metadata = new grpc.Metadata();
  call.metadata.get('x-ascii').forEach((value) => metadata.add(asciiKey, value));
  call.metadata.get('x-data-bin').forEach((value) => metadata.add(binaryKey, value));
  return metadata;
}

function echoMetadata(call) {
  const headers = echoed(call, 'x-ascii', 'x-data-bin');
  if (Object.keys(headers.getMap()).length > 0) {
    call.sendMetadata(headers);
  }
}

function trailersOf(call) {
  return echoed(call, 'x-trail', 'x-trail-bin');
}

function replyTo(ask, number) {
  return { text: ask.text, number, data: Buffer.alloc(ask.reply_bytes) };
}

function finish(call, end) {
  if (end === null) {
    call.end(trailersOf(call));
  } else if (end) {
    call.emit('error', end);
  }
}

function unary(call, callback) {
  echoMetadata(call);
  watch(call.request, call);
  const end = endOf(call.request, call);
  if (end === null) {
    callback(null, replyTo(call.request, call.request.data.length), trailersOf(call));
  } else if (end) {
    callback(end);
  }
}

function down(call) {
  echoMetadata(call);
  watch(call.request, call);
  for (let number = 0; number < call.request.count; number++) {
    call.write(replyTo(call.request, number));
  }
  finish(call, endOf(call.request, call));
}

function up(call, callback) {
  let number = 0;
  let text = '';
  call.on('data', (ask) => {
    number += ask.count;
    text += ask.text;
  });
  call.on('end', () => callback(null, { text, number }));
}

function both(call) {
  echoMetadata(call);
  if (call.metadata.get('x-greet').length > 0) {
    call.write({ text: 'hello' });
  }
  let hangs = false;
  call.on('data', (ask) => {
    watch(ask, call);
    call.write(replyTo(ask, ask.data.length));
    const end = endOf(ask, call);
    hangs ||= end === undefined;
    if (end) {
      finish(call, end);
    }
  });
  call.on('end', () => {
    if (!hangs) {
      finish(call, null);
    }
  });
}

function wasCancelled(call, callback) {
  const text = call.request.text;
  const reply = () => callback(null, replyTo(call.request, 0));
  if (seen.has(text)) {
    reply();
  } else {
    waiting.set(text, [...(waiting.get(text) ?? []), reply]);
  }
}

const server = new grpc.Server({
  'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
  'grpc.max_send_message_length': -1,
});
server.addService(ECHO.service, { Unary: unary, Down: down, Up: up, Both: both, WasCancelled: wasCancelled });
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  rawServer.start((rawPort) => console.log(`PORTS ${port} ${rawPort}`));
});
process.stdin.resume().on('end', () => process.exit(0));
