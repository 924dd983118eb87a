// The real simsync, PostgreSQL and simulated API that the console shows, held by the program of bed.cpp: one order at a
// time, each answered before the next is given.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export class Bed {
  static async start(program) {
    const bed = new Bed(program)
    bed.url = (await bed.#answer()).url
    return bed
  }

  // One value, as text. For more of them let the query make JSON.
  async sql(query) {
    return (await this.#tell({ do: 'sql', query })).value
  }

  async json(query) {
    return JSON.parse(await this.sql(query))
  }

  // `simsync ARGUMENTS…` with the daemon's configuration; what it printed. Throws where it fails.
  async simsync(...args) {
    const { code, out, err } = await this.#tell({ do: 'simsync', arguments: args })
    if (code !== 0) throw new Error(`simsync ${args.join(' ')} ended with ${code}: ${err}`)
    return out
  }

  // What the partner's API shows from now on; properties are named as columns are.
  change(id, set) { return this.#tell({ do: 'change', id, set }) }
  add(id, set) { return this.#tell({ do: 'add', id, set }) }
  forget(ids) { return this.#tell({ do: 'forget', ids }) }
  recall() { return this.#tell({ do: 'recall' }) }
  holdSweeps() { return this.#tell({ do: 'hold', sweeps: true }) }
  letSweeps() { return this.#tell({ do: 'hold', sweeps: false }) }

  stopDatabase() { return this.#tell({ do: 'database', running: false }) }
  startDatabase() { return this.#tell({ do: 'database', running: true }) }
  stopDaemon() { return this.#tell({ do: 'daemon', running: false }) }
  startDaemon() { return this.#tell({ do: 'daemon', running: true }) }

  // Until the query's answer is this one.
  async until(query, value = 't') {
    const end = Date.now() + 30_000
    for (let last; (last = await this.sql(query)) !== value;) {
      if (Date.now() > end) throw new Error(`${query} is still ${last} and not ${value}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  async end() {
    this.#program.stdin.end()
    if (this.#program.exitCode === null) await new Promise(resolve => this.#program.once('exit', resolve))
  }

  #program
  #lines
  #turn = Promise.resolve()

  constructor(program) {
    this.#program = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#program.stdout })[Symbol.asyncIterator]()
  }

  #tell(order) {
    const answered = this.#turn.then(() => {
      this.#program.stdin.write(JSON.stringify(order) + '\n')
      return this.#answer()
    })
    this.#turn = answered.catch(() => {})
    return answered
  }

  async #answer() {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('the bed has ended')
    const answer = JSON.parse(value)
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer
  }
}
