#include "mutation/rollup/summarize.hpp"

#include "mutation/record/session_reader.hpp"
#include "mutation/record/session_store.hpp"
#include "mutation/rollup/rollup.hpp"
#include "record_refresher.hpp"

#include <fmt/format.h>
#include <utility>

namespace mutation::rollup {

namespace {

class Summary {
public:
    Summary(const std::filesystem::path& session, const config::Registry& registry)
        : reader_(session), refresher_(registry), rollup_(reader_.layout().directory().filename().string()) {}

    SummarizeResult run() {
        record::SessionStore lock = record::SessionStore::open(reader_.layout().directory());
        lock.lock(); // a running session writes the same files
        if (reader_.document_error()) {
            result_.remarks.push_back(*reader_.document_error());
        }
        for (const std::string& experiment : reader_.experiments()) {
            take_folder(experiment);
        }
        rollup_.write(lock.layout().summary());
        result_.records = rollup_.size();
        return std::move(result_);
    }

private:
    void take_folder(const std::string& experiment) {
        record::StoredExperiment stored = reader_.read(experiment);
        if (!stored.record) {
            if (stored.state == record::StoredExperiment::State::damaged) {
                result_.refused.push_back(stored.reason);
            } else {
                remark(experiment, stored.reason);
            }
            return;
        }
        result_.rebuilt += refresher_.refresh(stored.folder, *stored.record) ? 1 : 0;
        for (const std::string& text : refresher_.take_remarks()) {
            remark(experiment, text);
        }
        rollup_.add(*stored.record);
    }

    void remark(const std::string& experiment, const std::string& text) {
        result_.remarks.push_back(fmt::format("{}: {}", experiment, text));
    }

    record::SessionReader reader_;
    RecordRefresher refresher_;
    Rollup rollup_;
    SummarizeResult result_;
};

} // namespace

SummarizeResult summarize_session(const std::filesystem::path& session, const config::Registry& registry) {
    return Summary(session, registry).run();
}

} // namespace mutation::rollup
