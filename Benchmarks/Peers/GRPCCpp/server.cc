// The peer: a telemetry server with gRPC's C++ callback API, written as its guide does. It decodes each batch, compares
// the watched variable with a threshold, and keeps nothing.
//
// Prints its port, and serves until it is killed.
#include <grpcpp/grpcpp.h>

#include <cstdio>

#include "telemetry.grpc.pb.h"

namespace {

using tetryx::telemetry::v1::TelemetryAck;
using tetryx::telemetry::v1::TelemetryBatch;
using tetryx::telemetry::v1::TelemetryService;

constexpr char kWatched[] = "orbit.radius_km";
constexpr double kThreshold = 6371;

class Stream final : public grpc::ServerReadReactor<TelemetryBatch> {
  public:
    explicit Stream(TelemetryAck *ack) : ack_(ack) { StartRead(&batch_); }

    void OnReadDone(bool ok) override {
        if (!ok) {
            ack_->set_accepted(accepted_);
            Finish(breached_ ? grpc::Status(grpc::StatusCode::ABORTED, "breach") : grpc::Status::OK);
            return;
        }
        Take();
        StartRead(&batch_);
    }

    void OnDone() override { delete this; }

  private:
    void Take() {
        for (const auto &sample : batch_.samples()) {
            accepted_++;
            if (sample.name() == kWatched && sample.value() < kThreshold) breached_ = true;
        }
        for (const auto &series : batch_.series()) {
            accepted_ += static_cast<uint64_t>(series.values_size());
            if (series.name() != kWatched) continue;
            for (double value : series.values()) {
                if (value < kThreshold) breached_ = true;
            }
        }
    }

    TelemetryAck *ack_;
    TelemetryBatch batch_;
    uint64_t accepted_ = 0;
    bool breached_ = false;
};

class Service final : public TelemetryService::CallbackService {
    grpc::ServerReadReactor<TelemetryBatch> *Stream(grpc::CallbackServerContext *, TelemetryAck *ack) override {
        return new ::Stream(ack);
    }
};

}  // namespace

int main() {
    Service service;
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service);
    auto server = builder.BuildAndStart();
    if (!server) return 1;
    std::printf("%d\n", port);
    std::fflush(stdout);
    server->Wait();
}
