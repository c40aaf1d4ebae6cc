# Renders a template with Ruby's Liquid and prints microseconds per render, per size.
require 'json'
require 'liquid'

job = JSON.parse($stdin.read)
parsed = Liquid::Template.parse(job['template'])
figures = job['data'].to_h do |size, data|
  count = job['times'][size]
  count.times { parsed.render(data) }
  rounds = Array.new(7) do
    started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    count.times { parsed.render(data) }
    (Process.clock_gettime(Process::CLOCK_MONOTONIC) - started) * 1_000_000 / count
  end
  [size, { text: parsed.render(data), micros: rounds.min }]
end
puts JSON.generate(figures)
