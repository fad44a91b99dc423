// The playground listens on every interface, without any login. Loaded before it, this keeps it on the loopback.
"use strict";

const { Server } = require("node:net");

const { listen } = Server.prototype;
Server.prototype.listen = function onLoopback(port, ...rest) {
  if (typeof port !== "number") return listen.call(this, port, ...rest);
  return listen.call(this, port, "127.0.0.1", ...rest.filter((argument) => typeof argument === "function"));
};
