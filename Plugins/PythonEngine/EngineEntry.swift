import Basilisk
public import EngineABI
import EngineKit

@c @implementation
public func lynx_engine_entry(_ host: UnsafePointer<lynx_host>!, _ abiMajor: UInt32) -> UnsafePointer<lynx_engine>! {
    EngineTable.make(PythonEngine.self, host: host, abiMajor: abiMajor)
}
