# Renders templates with Ruby's Liquid: one JSON request per line, one JSON answer back.
# A request is [template, variables]; an answer is ["text", …] or ["error", …].

ENV["TZ"] = "UTC"

require "json"
require "liquid"
require "time"

NOW = Time.utc(2026, 5, 4, 12, 0, 0)

class << Time
  def now = NOW
end

# What Rails adds: Braze documents `blank?`, and later Liquid has the ends of a text of its own.
class Object
  def blank? = respond_to?(:empty?) ? !!empty? : !self
end

class String
  def blank? = match?(/\A[[:space:]]*\z/)
  def first = self[0, 1]
  def last = self[-1] || ""
end

class Numeric
  def blank? = false
end

# Braze's time_zone is that of Rails.
has_zones =
  begin
    require "active_support"
    require "active_support/time_with_zone"
    true
  rescue LoadError
    false
  end

module TimeZoneFilter
  def time_zone(input, zone)
    return input unless zone

    found = ActiveSupport::TimeZone[zone]
    raise Liquid::ArgumentError, "unknown time zone" unless found

    found.at(Liquid::Utils.to_date(input).to_time)
  end
end

Liquid::Template.register_filter(TimeZoneFilter) if has_zones

$stdout.sync = true
$stdout.puts JSON.generate(["liquid", Liquid::VERSION, has_zones])

$stdin.each_line do |line|
  template, variables = JSON.parse(line)
  answer =
    begin
      text = Liquid::Template.parse(template, error_mode: :lax).render(variables)
      ["text", text.encode("UTF-8", invalid: :replace, undef: :replace)]
    rescue Liquid::SyntaxError => e
      ["error", e.message]
    rescue StandardError => e
      ["crash", "#{e.class}: #{e.message}"]
    end
  $stdout.puts JSON.generate(answer)
end
