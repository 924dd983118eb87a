// A receiver as its author writes it: verifies what comes with the official libraries of Standard Webhooks and
// CloudEvents, takes it with 204 and refuses the rest with 400. One line for each on stdout.
//   node receiver.mjs SECRET [raw]     raw: the secret is taken as its bytes, not as base64
import http from "node:http";
import { HTTP } from "cloudevents";
import { Webhook } from "standardwebhooks";

const [secret, format] = process.argv.slice(2);
const webhook = new Webhook(secret, format === "raw" ? { format: "raw" } : undefined);

function take(headers, body) {
    webhook.verify(body, headers);
    const what = HTTP.toEvent({ headers, body });
    const events = Array.isArray(what) ? what : [what];
    for (const event of events) event.validate();
    if (events.length === 1 && events[0].id !== headers["webhook-id"])
        throw new Error("two ids: " + events[0].id + ", " + headers["webhook-id"]);
    return events;
}

const server = http.createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
        try {
            const events = take(request.headers, Buffer.concat(chunks).toString("utf8"));
            for (const event of events) console.log(`took ${event.type} ${event.data.seq} ${event.subject ?? "-"}`);
            if (events.length > 1) console.log(`in a batch of ${events.length}`);
            response.writeHead(204).end();
        } catch (error) {
            console.log(`refused: ${error.message}`);
            response.writeHead(400, { "content-type": "text/plain" }).end(error.message);
        }
    });
});
server.listen(0, "127.0.0.1", () => console.log(`listens ${server.address().port}.`));
