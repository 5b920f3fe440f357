#include "mutation/console/event_log.hpp"

#include <fmt/format.h>
#include <mutex>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>

namespace mutation::console {

namespace {

/// Writes above the status block; the level shows as a colour and a word.
class PrinterSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit PrinterSink(LinePrinter& printer) : printer_(printer) {}

protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        const std::string_view text(message.payload.data(), message.payload.size());
        switch (message.level) {
        case spdlog::level::warn:
            printer_.print_line(paint("warning: ", Colour::yellow, printer_.traits()) + std::string(text));
            break;
        case spdlog::level::err:
            printer_.print_line(paint("error: ", Colour::red, printer_.traits()) + std::string(text));
            break;
        case spdlog::level::debug:
            printer_.print_line(paint(text, Colour::dim, printer_.traits()));
            break;
        default:
            printer_.print_line(text);
        }
    }
    void flush_() override {}

private:
    LinePrinter& printer_;
};

constexpr std::size_t kMostEarlyLines = 1000;

spdlog::level::level_enum shown_level(Verbosity verbosity) {
    switch (verbosity) {
    case Verbosity::quiet:
        return spdlog::level::err;
    case Verbosity::verbose:
        return spdlog::level::debug;
    case Verbosity::normal:
        break;
    }
    return spdlog::level::info;
}

} // namespace

struct EventLog::Sinks {
    explicit Sinks(LinePrinter& lines)
        : printer(lines), screen(std::make_shared<PrinterSink>(lines)),
          early(std::make_shared<spdlog::sinks::ringbuffer_sink_st>(kMostEarlyLines)),
          logger("session", {screen, early}) {}

    LinePrinter& printer;
    std::shared_ptr<PrinterSink> screen;
    std::shared_ptr<spdlog::sinks::ringbuffer_sink_st> early; ///< what came before there was a file; then null
    spdlog::logger logger;
};

EventLog::EventLog(LinePrinter& printer, Verbosity verbosity) : sinks_(std::make_unique<Sinks>(printer)) {
    sinks_->screen->set_level(shown_level(verbosity));
    sinks_->logger.set_level(spdlog::level::debug);
    sinks_->logger.flush_on(spdlog::level::info);
    // A full disk must not end the session because of its log; writing the records reports it.
    sinks_->logger.set_error_handler([](const std::string&) {});
}

EventLog::~EventLog() = default;

void EventLog::open_file(const std::filesystem::path& file) {
    try {
        auto sink = std::make_shared<spdlog::sinks::basic_file_sink_st>(file.string());
        sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
        for (const auto& line : sinks_->early->last_raw()) {
            sink->log(line);
        }
        sinks_->logger.sinks() = {sinks_->screen, std::move(sink)};
        sinks_->early.reset();
    } catch (const spdlog::spdlog_ex& error) {
        warning(fmt::format("session.log cannot be written: {}", error.what()));
    }
}

void EventLog::detail(const std::string& text) {
    sinks_->logger.debug("{}", text);
}
void EventLog::event(const std::string& text) {
    sinks_->logger.info("{}", text);
}
void EventLog::warning(const std::string& text) {
    sinks_->logger.warn("{}", text);
}
void EventLog::error(const std::string& text) {
    sinks_->logger.error("{}", text);
}

} // namespace mutation::console
