import MAVLink

extension MAVLinkParser {
    mutating func frames(in bytes: [UInt8]) -> [MAVLinkFrame] {
        var frames: [MAVLinkFrame] = []
        push(bytes.span.bytes) { frames.append($0) }
        return frames
    }
}

/// Frames of a vehicle to parse: an attitude whose roll is its number.
enum Sample {
    static func attitude(_ number: Int, _ encoder: inout MAVLinkEncoder) -> [UInt8] {
        var attitude = Attitude()
        attitude.timeBootMs = UInt32(number)
        attitude.roll = Float(number)
        attitude.yawspeed = 1
        return encoder.encode(attitude)
    }

    static func attitudes(_ count: Int) -> [[UInt8]] {
        var encoder = MAVLinkEncoder(systemID: 1, componentID: 1)
        return (0..<count).map { attitude($0, &encoder) }
    }
}

extension [MAVLinkFrame] {
    /// The numbers of `Sample.attitude`s.
    var numbers: [Int] { map { Int(Attitude($0).roll) } }
}
