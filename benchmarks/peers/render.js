// Renders a template with liquidjs or brazejs and prints microseconds per render, per size.
const { peer, template, data, times } = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const loaded = require(peer)
const engine = new (loaded.Liquid || loaded.default)()
const parsed = engine.parse(template)
const render = peer === 'liquidjs'
  ? async (d) => engine.renderSync(parsed, d)
  : async (d) => engine.render(parsed, d)

async function main () {
  const figures = {}
  for (const size of Object.keys(data)) {
    const count = times[size]
    for (let i = 0; i < count; i++) await render(data[size])
    const rounds = []
    for (let round = 0; round < 7; round++) {
      const started = process.hrtime.bigint()
      for (let i = 0; i < count; i++) await render(data[size])
      rounds.push(Number(process.hrtime.bigint() - started) / 1000 / count)
    }
    figures[size] = { text: await render(data[size]), micros: Math.min(...rounds) }
  }
  console.log(JSON.stringify(figures))
}
main()
