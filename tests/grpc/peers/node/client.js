'use strict';
// Runs all cases with @grpc/grpc-js, or node:http2 for the raw ones, against the server at the port given.
// One line of JSON for each case: {"case": name, "error": null or text}.

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const grpc = require('@grpc/grpc-js');
const { ECHO, MESSAGE_BYTES_MAX } = require('./echo_proto');
const raw = require('./raw_client');

const LARGE_BYTES = 700_000;
const port = Number(process.argv[2]);
const address = `127.0.0.1:${port}`;
const options = {
  'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
  'grpc.max_send_message_length': -1,
  'grpc.enable_http_proxy': 0,
};
const echo = new ECHO(address, grpc.credentials.createInsecure(), options);
const { status } = grpc;

// A unary call with all that came of it.
function call(ask, metadata = {}, callOptions = {}, method = 'Unary') {
  return new Promise((resolve) => {
    const result = { error: null, reply: null, headers: new grpc.Metadata(), trailers: new grpc.Metadata() };
    const sent = new grpc.Metadata();
    for (const [key, values] of Object.entries(metadata)) {
      values.forEach((value) => sent.add(key, value));
    }
    const running = echo[method](ask, sent, callOptions, (error, reply) => Object.assign(result, { error, reply }));
    running.on('metadata', (headers) => (result.headers = headers));
    running.on('status', (end) => {
      result.trailers = end.metadata;
      setImmediate(resolve, result);
    });
  });
}

async function reply(ask, method = 'Unary') {
  const { error, reply } = await call(ask, {}, {}, method);
  if (error) {
    throw error;
  }
  return reply;
}

async function fails(expected, ask, metadata, callOptions) {
  const result = await call(ask, metadata, callOptions);
  assert.equal(result.error?.code, expected, result.error?.message);
  return result;
}

// A stream of replies that is read step by step; errors come where they are awaited.
function replies(stream) {
  const events = [];
  let wake = () => {};
  const push = (event) => {
    events.push(event);
    wake();
  };
  stream.on('data', (data) => push({ data }));
  stream.on('end', () => push({ end: true }));
  stream.on('error', (error) => push({ error }));
  return async () => {
    while (events.length === 0) {
      await new Promise((resolve) => (wake = resolve));
    }
    // A failed stream says "end" before or after its error.
    if (events[0].end) {
      await new Promise(setImmediate);
    }
    const event = events.find((e) => e.error) && !events[0].data ? events.find((e) => e.error) : events.shift();
    if (event.error) {
      throw event.error;
    }
    return event.end ? null : event.data;
  };
}

const wasCancelled = (text) => reply({ text }, 'WasCancelled');

function errorCase(text) {
  return async () => {
    const ask = { fail_code: status.NOT_FOUND, fail_message: text, count: 2 };
    assert.equal((await fails(status.NOT_FOUND, ask)).error.details, text);
    const next = replies(echo.Down(ask));
    assert.equal((await next()).number, 0);
    assert.equal((await next()).number, 1);
    await assert.rejects(next, { code: status.NOT_FOUND, details: text });
  };
}

const CASES = {
  unary: async () => {
    const { text, number } = await reply({ text: 'panic', data: Buffer.from([1, 2, 3]) });
    assert.deepEqual([text, number], ['panic', 3]);
    assert.deepEqual(await reply({}), { text: '', number: 0, data: Buffer.alloc(0) });
  },
  'server streaming': async () => {
    const next = replies(echo.Down({ count: 100 }));
    for (let number = 0; number < 100; number++) {
      assert.equal((await next()).number, number);
    }
    assert.equal(await next(), null);
    assert.equal(await replies(echo.Down({}))(), null);
  },
  'client streaming': async () => {
    const sum = await new Promise((resolve, reject) => {
      const stream = echo.Up((error, reply) => (error ? reject(error) : resolve(reply.number)));
      for (let count = 1; count <= 100; count++) {
        stream.write({ count });
      }
      stream.end();
    });
    assert.equal(sum, 5050);
  },
  duplex: async () => {
    const stream = echo.Both();
    const next = replies(stream);
    for (let turn = 0; turn < 50; turn++) {
      stream.write({ text: `turn ${turn}` });
      assert.equal((await next()).text, `turn ${turn}`);
    }
    stream.end();
    assert.equal(await next(), null);
  },
  'duplex, server first': async () => {
    const metadata = new grpc.Metadata();
    metadata.add('x-greet', '1');
    const stream = echo.Both(metadata);
    const next = replies(stream);
    assert.equal((await next()).text, 'hello');
    stream.end();
    assert.equal(await next(), null);
  },
  'many calls at once': async () => {
    const texts = Array.from({ length: 200 }, (_, n) => `${n}`);
    const all = await Promise.all(texts.map((text) => reply({ text })));
    assert.deepEqual(all.map(({ text }) => text), texts);
  },
  'large message': async () => {
    const { number, data } = await reply({ data: Buffer.alloc(LARGE_BYTES), reply_bytes: LARGE_BYTES });
    assert.deepEqual([number, data.length], [LARGE_BYTES, LARGE_BYTES]);
  },
  deadline: async () => {
    let text = randomUUID();
    const started = process.hrtime.bigint();
    await fails(status.DEADLINE_EXCEEDED, { text, hang: true }, {}, { deadline: Date.now() + 300 });
    const ms = Number(process.hrtime.bigint() - started) / 1e6;
    assert.ok(ms >= 290 && ms < 5000, `the deadline came after ${ms} ms`);
    await wasCancelled(text);
    text = randomUUID();
    const stream = echo.Both({ deadline: Date.now() + 300 });
    const next = replies(stream);
    stream.write({ text, hang: true });
    await next();
    await assert.rejects(next, { code: status.DEADLINE_EXCEEDED });
    await wasCancelled(text);
  },
  cancellation: async () => {
    const text = randomUUID();
    const stream = echo.Down({ text, count: 1, hang: true });
    const next = replies(stream);
    await next();
    stream.cancel();
    await assert.rejects(next, { code: status.CANCELLED });
    await wasCancelled(text);
  },
  'metadata ascii': async () => {
    const { headers } = await call({}, { 'x-ascii': ['one', 'two three'] });
    assert.equal(headers.get('x-ascii').join(', '), 'one, two three');
  },
  'metadata binary': async () => {
    const values = [[0, 255, 10, 13], [1], [1, 2, 3]].map((bytes) => Buffer.from(bytes));
    const { headers } = await call({}, { 'x-data-bin': values });
    assert.deepEqual(headers.get('x-data-bin'), values);
  },
  trailers: async () => {
    const sent = { 'x-ascii': ['end'], 'x-data-bin': [Buffer.from([7, 0])] };
    const { error, trailers } = await call({}, sent);
    assert.equal(error, null);
    assert.deepEqual(trailers.get('x-trail'), ['end']);
    assert.deepEqual(trailers.get('x-trail-bin'), [Buffer.from([7, 0])]);
    const failed = await fails(status.FAILED_PRECONDITION, { fail_code: 9 }, sent);
    assert.deepEqual(failed.error.metadata.get('x-trail'), ['end']);
  },
  'error status': errorCase('no such node'),
  'error text not ascii': errorCase('Größe 100 % überschritten: 節点'),
  'unknown method': async () => {
    const nothing = (path) =>
      new Promise((resolve) =>
        echo.makeUnaryRequest(path, () => Buffer.alloc(0), (bytes) => bytes, {}, (error) => resolve(error?.code)),
      );
    assert.equal(await nothing('/clusterras.conformance.Echo/Nothing'), status.UNIMPLEMENTED);
    assert.equal(await nothing('/no.such.Service/Unary'), status.UNIMPLEMENTED);
  },
  'oversize request': () => fails(status.RESOURCE_EXHAUSTED, { data: Buffer.alloc(MESSAGE_BYTES_MAX + 1) }),
  'oversize response': () => fails(status.RESOURCE_EXHAUSTED, { reply_bytes: MESSAGE_BYTES_MAX + 1 }),
  'compressed flag alone': () => raw.compressedFlag(port),
  'unknown encoding': () => raw.unknownEncoding(port),
  'truncated frame': () => raw.truncated(port),
  'trailers-only': () => raw.trailersOnly(port),
  'reset by peer': async () => {
    await raw.reset(port);
    await wasCancelled('reset');
  },
  'not gRPC': () => raw.notGrpc(port),
};

async function main() {
  for (const [name, act] of Object.entries(CASES)) {
    const error = await act().then(() => null, (failure) => failure.stack ?? `${failure}`);
    console.log(JSON.stringify({ case: name, error }));
  }
  process.exit(0);
}

main();
