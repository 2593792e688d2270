# Sidekiq: `enqueue N`, `batches N`, `latency FIRST COUNT RATE`, `work PROCESSES THREADS`; the same as the programs in Python.
require "sidekiq"

CONNECTION = { url: "unix://#{ENV.fetch("PEERS_SOCKET")}", driver: ENV.fetch("PEERS_DRIVER", "ruby").to_sym }.freeze
Sidekiq.configure_server do |config|
  config.redis = CONNECTION
  config.logger.level = Logger::WARN
end
Sidekiq.configure_client { |config| config.redis = CONNECTION }

FILE = File.open(ENV.fetch("PEERS_SLOTS"), "r+b")
PAYLOAD = "x" * 200

def now = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)

class Job
  include Sidekiq::Worker

  # One system call, as there is no shared memory of the standard library that is not experimental; the programs in Python spend as much on it.
  def perform(number, sent, _payload)
    FILE.pwrite([now - sent].pack("Q"), number * 8)
  end
end

def enqueue(count)
  begun = now
  count.times { |number| Job.perform_async(number, 0, PAYLOAD) }
  puts((now - begun) / 1e9)
end

def batches(count)
  begun = now
  (0...count).each_slice(64) { |numbers| Job.perform_bulk(numbers.map { |number| [number, 0, PAYLOAD] }) }
  puts((now - begun) / 1e9)
end

def latency(first, count, rate)
  begun = now / 1e9
  count.times do |index|
    sleep([0, begun + index.fdiv(rate) - now / 1e9].max)
    Job.perform_async(first + index, now, PAYLOAD)
  end
end

def work(processes, threads)
  command = ["sidekiq", "-r", File.expand_path(__FILE__), "-c", threads.to_s]
  processes.times.map { Process.spawn(*command) }.each { |child| Process.wait(child) }
end

# `sidekiq -r` loads this file too, with arguments of its own.
send(ARGV[0], *ARGV[1..].map(&:to_i)) if %w[enqueue batches latency work].include?(ARGV[0])
