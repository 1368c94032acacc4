// A mail server: node serve.js PACKAGES KEY CERTIFICATE MODE PASSWORD. It prints its port, then each message as a line of JSON.
// MODE is starttls, tls or plain (which offers no encryption). What it answers depends on the reader's name.
"use strict";
const [packages, key, certificate, mode, password] = process.argv.slice(2);
const { SMTPServer } = require(`${packages}/smtp-server`);
const fs = require("node:fs");

const refusal = (responseCode, message) => Object.assign(new Error(message), { responseCode });
const seen = new Set();

const server = new SMTPServer({
  key: fs.readFileSync(key),
  cert: fs.readFileSync(certificate),
  secure: mode === "tls",
  hideSTARTTLS: mode === "plain",
  allowInsecureAuth: true, // so that a client would be found out that signs in without encryption
  disableReverseLookup: true,
  logger: false,
  onAuth(auth, session, done) {
    console.log(JSON.stringify({ signed_in: auth.username, secure: session.secure }));
    if (auth.password === password) done(null, { user: auth.username });
    else done(refusal(535, `5.7.8 ${auth.password} is wrong`)); // a careless server: the password must not reach a log
  },
  onMailFrom(address, session, done) {
    done(address.address.startsWith("refused") ? refusal(550, "5.7.1 not your address") : undefined);
  },
  onRcptTo(address, session, done) {
    const name = address.address.split("@")[0];
    if (name === "gone") done(refusal(550, "5.1.1 no such user"));
    else if (name === "full") done(refusal(452, "4.2.2 mailbox full"));
    else if (name === "busy" && !seen.has(name)) { seen.add(name); done(refusal(421, "4.7.0 too many, come back later")); }
    else if (name === "grey" && !seen.has(name)) { seen.add(name); done(refusal(451, "4.7.1 greylisted")); }
    else if (name === "silent") return; // it never answers
    else done();
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => {
      const to = session.envelope.rcptTo.map((reader) => reader.address);
      if (to[0].startsWith("junk@")) return done(refusal(554, "5.7.1 looks like junk"));
      console.log(JSON.stringify({
        from: session.envelope.mailFrom.address, to, user: session.user, secure: session.secure,
        at: Date.now(), message: Buffer.concat(parts).toString("base64"),
      }));
      done();
    });
  },
});
server.on("error", () => {}); // a client that hangs up is none of ours
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.server.address().port })));
process.stdin.resume();
process.stdin.on("end", () => process.exit()); // the test has ended
