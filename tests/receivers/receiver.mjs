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
    const event = HTTP.toEvent({ headers, body });
    event.validate();
    if (event.id !== headers["webhook-id"]) throw new Error("two ids: " + event.id + ", " + headers["webhook-id"]);
    return event;
}

const server = http.createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
        try {
            const event = take(request.headers, Buffer.concat(chunks).toString("utf8"));
            console.log(`took ${event.type} ${event.data.seq} ${event.subject ?? "-"}`);
            response.writeHead(204).end();
        } catch (error) {
            console.log(`refused: ${error.message}`);
            response.writeHead(400, { "content-type": "text/plain" }).end(error.message);
        }
    });
});
server.listen(0, "127.0.0.1", () => console.log(`listens ${server.address().port}.`));
