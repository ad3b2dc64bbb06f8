public import EngineABI
import EngineKit
import PX4SITL

@c @implementation
public func lynx_engine_entry(_ host: UnsafePointer<lynx_host>!, _ abiMajor: UInt32) -> UnsafePointer<lynx_engine>! {
    EngineTable.make(PX4SITLEngine.self, host: host, abiMajor: abiMajor)
}
