// Checks a message as a receiver does: node verify.js PACKAGES SECRET ID TIMESTAMP SIGNATURE BODY. Fails where it is not genuine.
"use strict";
const [packages, secret, id, timestamp, signature, body] = process.argv.slice(2);
const { Webhook } = require(`${packages}/standardwebhooks`);
const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
console.log(new Webhook(secret).verify(body, headers).type);
