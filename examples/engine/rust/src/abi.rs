//! engine_abi.h and engine_extensions.h in Rust, as far as this engine needs them. Structs that only grow at their end are
//! written down up to the field that is used last; struct_size says that to the other side.

#![allow(non_camel_case_types, dead_code)]

use std::os::raw::{c_char, c_void};

pub const ABI_MAJOR: u32 = 1;
pub const ABI_MINOR: u32 = 4;

pub type Status = i32;
pub const OK: Status = 0;
pub const E_INVALID: Status = -1;
pub const E_UNSUPPORTED: Status = -4;
pub const E_INTERNAL: Status = -5;

pub const EXTENSION_PROCESS: &str = "process/1";
pub const EXTENSION_SOFT_STOP: &str = "soft_stop/1";

/// lynx_string: UTF-8, borrowed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    pub data: *const c_char,
    pub size: usize,
}

impl Text {
    pub const fn of(text: &str) -> Text {
        Text { data: text.as_ptr() as *const c_char, size: text.len() }
    }

    pub const EMPTY: Text = Text { data: std::ptr::null(), size: 0 };

    /// The bytes, valid as long as what they are borrowed from.
    pub unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.size == 0 {
            &[]
        } else {
            std::slice::from_raw_parts(self.data as *const u8, self.size)
        }
    }

    pub unsafe fn string(self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }
}

#[repr(C)]
pub struct Error {
    pub struct_size: u32,
    pub code: Status,
    pub system_errno: i32,
    pub message: [u8; 1024],
}

/// Describes a failure in the caller's error, and returns its status.
pub unsafe fn fail(error: *mut Error, code: Status, message: &str) -> Status {
    if let Some(error) = error.as_mut() {
        error.code = code;
        let mut size = message.len().min(error.message.len() - 1);
        while !message.is_char_boundary(size) {
            size -= 1;
        }
        error.message[..size].copy_from_slice(&message.as_bytes()[..size]);
        error.message[size] = 0;
    }
    code
}

#[repr(C)]
pub struct Sample {
    pub name: Text,
    pub units: Text,
    pub sim_time_s: f64,
    pub value: f64,
}

#[repr(C)]
pub struct Host {
    pub struct_size: u32,
    pub abi_minor: u32,
    pub context: *mut c_void,
    pub log: unsafe extern "C" fn(*const Host, u64, i32, Text),
    pub monotonic_ns: unsafe extern "C" fn(*const Host) -> u64,
    pub emit_telemetry: unsafe extern "C" fn(*const Host, u64, *const Sample, usize),
    pub get_extension: unsafe extern "C" fn(*const Host, Text) -> *const c_void,
}

#[repr(C)]
pub struct Setting {
    pub key: Text,
    pub value: Text,
}

#[repr(C)]
pub struct Config {
    pub struct_size: u32,
    pub settings: *const Setting,
    pub setting_count: usize,
}

#[repr(C)]
pub struct JobDescription {
    pub struct_size: u32,
    pub attempt: u32,
    pub token: u64,
    pub job_id: Text,
    pub batch_id: Text,
    pub directory: Text,
    pub run_config_json: Text,
    pub telemetry_url: Text,
    pub simulation_type: Text,
}

/// Only passed on, from the host to the host.
#[repr(C)]
pub struct Process {
    _opaque: [u8; 0],
}
#[repr(C)]
pub struct Exit {
    _opaque: [u8; 0],
}
#[repr(C)]
pub struct Collector {
    _opaque: [u8; 0],
}
#[repr(C)]
pub struct Processes {
    _opaque: [u8; 0],
}

/// lynx_program: one program to start.
#[repr(C)]
pub struct Program {
    pub struct_size: u32,
    pub is_helper: i32,
    pub arguments: *const Text,
    pub argument_count: usize,
    pub environment: *const Text,
    pub environment_count: usize,
    pub working_directory: Text,
    pub context: *mut c_void,
    pub on_line: Option<unsafe extern "C" fn(*mut c_void, Text)>,
    pub on_exit: Option<unsafe extern "C" fn(*mut c_void, i32, i32)>,
}

/// lynx_process_control: the host's extension process/1.
#[repr(C)]
pub struct ProcessControl {
    pub struct_size: u32,
    pub open: unsafe extern "C" fn(*const Host, *const JobDescription, *mut *mut Processes, *mut Error) -> Status,
    pub spawn: unsafe extern "C" fn(*mut Processes, *const Program, *mut Process, *mut Error) -> Status,
    pub signal: unsafe extern "C" fn(*mut Processes, i32),
    pub kill: unsafe extern "C" fn(*mut Processes),
    pub reap: unsafe extern "C" fn(*mut Processes, *mut Exit, *mut Error) -> Status,
    pub collect: unsafe extern "C" fn(*mut Processes, *const Collector, *mut Error) -> Status,
    pub close: unsafe extern "C" fn(*mut Processes),
}

#[repr(C)]
pub struct SoftStop {
    pub struct_size: u32,
    pub stop: unsafe extern "C" fn(*mut crate::Job, i32, u64) -> i32,
}

/// lynx_engine: the engine's own table.
#[repr(C)]
pub struct Engine {
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub context: *mut c_void,
    pub id: Text,
    pub display_name: Text,
    pub version: Text,
    pub configure: unsafe extern "C" fn(*const Engine, *const Config, *mut Error) -> Status,
    pub prepare: unsafe extern "C" fn(*const Engine, *const JobDescription, *mut *mut crate::Job, *mut Error) -> Status,
    pub launch: unsafe extern "C" fn(*mut crate::Job, *mut Process, *mut Error) -> Status,
    pub terminate: unsafe extern "C" fn(*mut crate::Job),
    pub reap: unsafe extern "C" fn(*mut crate::Job, *mut Exit, *mut Error) -> Status,
    pub collect: unsafe extern "C" fn(*mut crate::Job, *const Collector, *mut Error) -> Status,
    pub release: unsafe extern "C" fn(*mut crate::Job),
    pub get_extension: unsafe extern "C" fn(*const Engine, Text) -> *const c_void,
}

// Constant, and used by the host on several threads.
unsafe impl Sync for Engine {}
