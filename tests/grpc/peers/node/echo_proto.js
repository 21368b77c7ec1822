'use strict';

const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const definition = loader.loadSync(path.join(__dirname, '..', '..', 'conformance.proto'), {
  keepCase: true,
  defaults: true,
});

module.exports = {
  ECHO: grpc.loadPackageDefinition(definition).clusterras.conformance.Echo,
  MESSAGE_BYTES_MAX: 1 << 20,
};
