// Loaded by Node before a client (--require): leads all that it sends to Microsoft's Graph to the sandbox, and nothing
// anywhere else: other hosts (telemetry, metadata of virtual machines) are not reached. Nothing of a request is changed;
// the sandbox is told the address asked for, so that the links it answers are Graph's.
"use strict";

const http = require("node:http");
const https = require("node:https");

const sandbox = new URL(process.env.SANDBOX_URL);
const GRAPH = "graph.microsoft.com";
const FORWARDED = { "x-forwarded-host": GRAPH, "x-forwarded-proto": "https" };

const NOWHERE = { protocol: "http:", hostname: sandbox.hostname, host: sandbox.hostname, port: 1 };

function redirected(options) {
  const host = String(options.hostname || options.host || "").split(":")[0];
  if (host === sandbox.hostname) return options;
  if (host !== GRAPH) return { ...NOWHERE, path: options.path };
  const headers = { ...options.headers, ...FORWARDED };
  delete headers.host;
  const { agent, agents, defaultPort, servername, ...rest } = options;
  return { ...rest, headers, protocol: "http:", hostname: sandbox.hostname, host: sandbox.hostname, port: sandbox.port };
}

const { request } = http;
for (const module of [http, https]) {
  module.request = (first, ...rest) => {
    let options = first;
    if (typeof first === "string" || first instanceof URL) {
      const url = new URL(first);
      const more = typeof rest[0] === "object" ? rest.shift() : {};
      options = { protocol: url.protocol, hostname: url.hostname, port: url.port, path: url.pathname + url.search, ...more };
    }
    return request(redirected(options), ...rest);
  };
  module.get = (...given) => module.request(...given).end();
}

const { fetch } = globalThis;
globalThis.fetch = async (input, init) => {
  const asked = new Request(input, init);
  const url = new URL(asked.url);
  if (url.hostname === sandbox.hostname) return fetch(asked);
  if (url.hostname !== GRAPH) throw new TypeError(`Not reached: ${url.hostname}`);
  const headers = { ...Object.fromEntries(asked.headers), ...FORWARDED };
  const body = ["GET", "HEAD"].includes(asked.method) ? undefined : Buffer.from(await asked.arrayBuffer());
  return fetch(new URL(url.pathname + url.search, sandbox), { method: asked.method, headers, body, redirect: asked.redirect });
};
