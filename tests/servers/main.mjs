// node main.mjs apollo|yoga|mercurius SIMS: the partner's API on a real GraphQL server, on a port of loopback that
// it prints.
import { createServer } from 'node:http'
import { Partner } from './partner.mjs'

const graphql = '/partner/graphql'

async function text(request) {
  let body = ''
  for await (const part of request) body += part
  return body
}

function answer(response, { status, body, html, headers }) {
  response.writeHead(status, { 'Content-Type': html === undefined ? 'application/json' : 'text/html', ...headers })
  response.end(html ?? JSON.stringify(body))
}

// Everything that is not GraphQL's; the rest is the server's own.
function inFront(partner, next) {
  return async (request, response) => {
    if (request.url === '/partner/login') return answer(response, partner.login(JSON.parse(await text(request))))
    if (request.url === '/control')
      return answer(response, { status: 200, body: partner.control(JSON.parse((await text(request)) || '{}')) })
    if (request.url !== graphql) return answer(response, { status: 404, html: 'no such page' })
    const refusal = partner.refusal(request.headers)
    return refusal ? answer(response, refusal) : next(request, response)
  }
}

const kinds = {
  async apollo(partner) {
    const { ApolloServer, HeaderMap } = await import('@apollo/server')
    const server = new ApolloServer({ schema: partner.schema, includeStacktraceInErrorResponses: false })
    await server.start()
    return createServer(inFront(partner, async (request, response) => {
      const headers = new HeaderMap()
      for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value))
      const told = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: 'POST', headers, search: '', body: JSON.parse(await text(request)) },
        context: async () => partner.context(request.headers)
      })
      response.writeHead(told.status ?? 200, Object.fromEntries(told.headers))
      if (told.body.kind === 'complete') return response.end(told.body.string)
      for await (const part of told.body.asyncIterator) response.write(part)
      response.end()
    }))
  },

  async yoga(partner) {
    const { createYoga } = await import('graphql-yoga')
    const yoga = createYoga({
      schema: partner.schema, graphqlEndpoint: graphql, logging: false,
      context: ({ request }) => partner.context({ authorization: request.headers.get('authorization') ?? undefined })
    })
    return createServer(inFront(partner, yoga))
  },

  async mercurius(partner) {
    const { default: fastify } = await import('fastify')
    const { default: mercurius } = await import('mercurius')
    const app = fastify({ serverFactory: handler => createServer(inFront(partner, handler)) })
    app.register(mercurius, {
      schema: partner.schema, path: graphql, context: request => partner.context(request.headers)
    })
    await app.ready()
    return app.server
  }
}

const [, , kind, sims] = process.argv
const server = await kinds[kind](new Partner(Number(sims))).catch(error => {
  if (Number(process.versions.node.split('.')[0]) >= 20) throw error
  console.log(`does not run on Node ${process.versions.node}: ${error.message.split('\n')[0]}`) // Debian 12's own
  process.exit(0)
})
server.listen(0, '127.0.0.1', () => console.log(`listens on ${server.address().port}`))
