// The partner's API as the reference documents it, without a server around it: login, tokens, a fleet, and
// what a test makes it do otherwise.
import { GraphQLError, buildSchema } from 'graphql'
import { randomBytes } from 'node:crypto'

const typeDefs = `
  scalar Date
  scalar Decimal
  scalar Any

  input PaginationInput { offset: Int limit: Int }
  input FilterInput { field: String value: Any operator: String comparator: String }
  input SortInput { field: String order: String }

  type Resource { balance: Float dataBalance: Float }
  type Number { msisdn: String }
  type Tariff { name: String packageTotalCallsMaxDuration: Int tariffType: String }
  type Imei { imei: String imeiIsCorrect: Boolean }
  type Simcard {
    id: ID! iccidPlastic: String simId: String isBlocked: Boolean
    allowFreeCallerIdChange: Boolean allowFreeVoiceSubstitution: Boolean
    resource: Resource fmcs: [Number] callerIds: [Number] externalMsisdns: [Number]
    currentTariff: Tariff profile: String description: String
    latestActivity: Date tariffExpiresAt: Date imei: Imei isArchived: Boolean
  }
  type Simcards { items: [Simcard] count: Int }
  type SimcardMutations {
    block(simcardId: ID!): Boolean
    unblock(simcardId: ID!): Boolean
    attachCallerId(id: ID!, msisdn: String!): Boolean
  }
  type Query {
    simcards(pagination: PaginationInput, filter: [FilterInput], sort: [SortInput]): Simcards
    simcard(id: ID!): Simcards
  }
  type Mutation { simcard: SimcardMutations }
`

function card(number) {
  return {
    id: String(10000000 + number), iccidPlastic: `8997${String(number).padStart(16, '0')}`, simId: `S-${number}`,
    isBlocked: false, allowFreeCallerIdChange: true, allowFreeVoiceSubstitution: false,
    resource: { balance: 10.5 + (number % 7), dataBalance: 1.25 }, fmcs: [{ msisdn: `7000${number}` }],
    callerIds: [], externalMsisdns: [],
    currentTariff: { name: 'Basic', packageTotalCallsMaxDuration: 600, tariffType: 'PREPAID_PACKAGE' },
    profile: 'S1', description: `card ${number}`, latestActivity: '2026-01-02T03:04:05Z', tariffExpiresAt: null,
    imei: { imei: '356938035643809', imeiIsCorrect: true }, isArchived: false
  }
}

// What a test sees, and what it may set (by POST /control).
export class Partner {
  told = 'context' // how a token that is not good is told: see refusal() and guard()
  oneSession = false // a login ends every token before it
  mostRows = 0 // a larger `limit` is refused; 0: none is
  mostCost = 0 // the same for rows × fields
  limitStatus = 200 // and its HTTP status
  showsNobody = false
  logins = 0
  queries = 0
  tokens = new Set()

  constructor(sims) {
    this.fleet = new Map(Array.from({ length: sims }, (_, i) => card(i + 1)).map(sim => [sim.id, sim]))
    this.schema = buildSchema(typeDefs)
    const resolve = (type, field, resolver) => { this.schema.getType(type).getFields()[field].resolve = resolver }
    resolve('Query', 'simcards', (_, args, context, info) => this.list(args, context, info))
    resolve('Query', 'simcard', (_, { id }, context) => this.one(id, context))
    resolve('Mutation', 'simcard', (_, __, context) => { this.guard(context); return {} })
    resolve('SimcardMutations', 'block', (_, { simcardId }) => this.change(simcardId, { isBlocked: true }))
    resolve('SimcardMutations', 'unblock', (_, { simcardId }) => this.change(simcardId, { isBlocked: false }))
    resolve('SimcardMutations', 'attachCallerId',
      (_, { id, msisdn }) => this.change(id, { callerIds: [...this.sim(id).callerIds, { msisdn }] }))
  }

  control(wishes) {
    const { revoke, change, ...settings } = wishes
    Object.assign(this, settings)
    if (revoke) this.tokens.clear()
    if (change) this.change(change.id, change.fields)
    return { logins: this.logins, queries: this.queries, ids: [...this.fleet.keys()].slice(0, 5) }
  }

  login({ username, password }) {
    this.logins++
    if (username !== 'partner' || password !== 'partner') return { status: 401, body: { message: 'no' } }
    if (this.oneSession) this.tokens.clear()
    const token = randomBytes(16).toString('hex')
    this.tokens.add(token)
    const at = hours => new Date(Date.now() + hours * 3600_000).toISOString()
    return {
      status: 200,
      body: { data: { access: { token, expires: at(1) }, refresh: { token: `${token}r`, expires: at(100) } } }
    }
  }

  isGood(headers) {
    const [scheme, token] = (headers.authorization ?? '').split(' ')
    return scheme === 'Bearer' && this.tokens.has(token)
  }

  // What a gateway in front of the server answers instead of it; undefined: nothing.
  refusal(headers) {
    this.queries++
    if (this.isGood(headers)) return undefined
    return {
      '401': { status: 401, body: { message: 'Unauthorized' } },
      '403': { status: 403, body: { message: 'Forbidden' } },
      '403 of a firewall': { status: 403, html: '<html>Access denied</html>' },
      '400': { status: 400, body: { error: 'invalid_token' } },
      '500 of a gateway': { status: 500, html: '<html>Internal Server Error</html>' },
      'redirect': { status: 302, html: '', headers: { Location: '/login' } }
    }[this.told]
  }

  // The context of a query. Servers make of an error here what they make of it.
  context(headers) {
    const isGood = this.isGood(headers)
    if (!isGood && this.told === 'context')
      throw new GraphQLError('the context says: no', { extensions: { code: 'UNAUTHENTICATED' } })
    return { isGood }
  }

  guard({ isGood }) {
    if (isGood || this.told === 'nothing') return
    if (this.told === 'another code')
      throw new GraphQLError('token expired', { extensions: { code: 'TOKEN_EXPIRED' } })
    throw new GraphQLError('Срок действия токена истёк')
  }

  sim(id) {
    const sim = this.fleet.get(String(id))
    if (!sim) throw new GraphQLError(`no SIM ${id}`)
    return sim
  }

  change(id, fields) {
    this.fleet.set(String(id), { ...this.sim(id), ...fields })
    return true
  }

  one(id, context) {
    this.guard(context)
    const sim = context.isGood && !this.showsNobody ? this.fleet.get(String(id)) : undefined
    return { items: sim ? [sim] : [], count: sim ? 1 : 0 }
  }

  list({ pagination, filter, sort }, context, info) {
    this.guard(context)
    if (!context.isGood || this.showsNobody) return { items: [], count: 0 }
    const { offset = 0, limit = 100 } = pagination ?? {}
    this.afford(limit, info)
    let sims = [...this.fleet.values()].filter(sim => (filter ?? []).every(each => passes(sim, each)))
    sims.sort((a, b) => (a.id < b.id ? -1 : 1))
    if (sort?.[0]?.order === 'DESC') sims.reverse()
    return { items: sims.slice(offset, offset + limit), count: sims.length }
  }

  afford(limit, info) {
    const selected = set => (set?.selections ?? []).reduce((sum, each) => sum + 1 + selected(each.selectionSet), 0)
    const cost = limit * selected(info.fieldNodes[0].selectionSet)
    const why = this.mostRows && limit > this.mostRows ? `limit must not be greater than ${this.mostRows}`
      : this.mostCost && cost > this.mostCost ? `query cost ${cost} exceeds ${this.mostCost}` : undefined
    if (!why) return
    const error = new GraphQLError(why, {
      extensions: { code: 'BAD_USER_INPUT', http: { status: this.limitStatus } }
    })
    error.statusCode = this.limitStatus // as Mercurius has it
    throw error
  }
}

function passes(sim, { field, comparator, value }) {
  const held = sim[field]
  switch (comparator) {
    case 'EQ': return held === value
    case 'IN': return value.map(String).includes(held)
    case 'GT': return held > String(value)
    case 'LTE': return held <= String(value)
    default: throw new GraphQLError(`no comparator ${comparator}`)
  }
}
