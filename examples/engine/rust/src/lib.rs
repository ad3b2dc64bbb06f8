//! An engine: it starts `program` for each job, reads telemetry from what it prints, and reports the files that it leaves.
//!
//! The host starts, watches and ends the processes (the extension process/1 of engine_extensions.h). What is left for the engine is
//! what it alone knows: which program with which arguments, what its output means, and what its end means.

mod abi;

use abi::*;
use std::mem::size_of;
use std::os::raw::c_void;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::Mutex;

/// One prepared attempt.
pub struct Job {
    token: u64,
    /// The host's.
    processes: *mut Processes,
}

static HOST: AtomicPtr<Host> = AtomicPtr::new(ptr::null_mut());
static CONTROL: AtomicPtr<ProcessControl> = AtomicPtr::new(ptr::null_mut());
static PROGRAM: Mutex<String> = Mutex::new(String::new());

/// Null from a host before 1.4.
unsafe fn control() -> Option<&'static ProcessControl> {
    CONTROL.load(Ordering::Acquire).as_ref()
}

fn program() -> String {
    PROGRAM.lock().map(|name| name.clone()).unwrap_or_default()
}

/// Before the first job: takes the engine's section of engine_options, and checks what can be checked without a job.
unsafe extern "C" fn configure(_: *const Engine, config: *const Config, error: *mut Error) -> Status {
    if control().is_none() {
        return fail(error, E_UNSUPPORTED, "the runner is too old: this engine needs version 1.4 of the engine ABI");
    }
    let mut found = String::new();
    for index in 0..(*config).setting_count {
        let setting = &*(*config).settings.add(index);
        if setting.key.bytes() == b"program" {
            found = setting.value.string();
        }
    }
    if found.is_empty() {
        return fail(error, E_INVALID, "engine_options.lab.program: is missing; name the program to run");
    }
    match PROGRAM.lock() {
        Ok(mut name) => *name = found,
        Err(_) => return fail(error, E_INTERNAL, "the engine is damaged"),
    }
    OK
}

/// The host makes the job's files; a simulator that reads others gets them here, in the job's directory.
unsafe extern "C" fn prepare(_: *const Engine, job: *const JobDescription, out: *mut *mut Job, error: *mut Error) -> Status {
    let control = match control() {
        Some(control) if !program().is_empty() => control,
        _ => return fail(error, E_INTERNAL, "prepare was called before configure"),
    };
    let mut processes = ptr::null_mut();
    let status = (control.open)(HOST.load(Ordering::Acquire), job, &mut processes, error);
    if status == OK {
        *out = Box::into_raw(Box::new(Job { token: (*job).token, processes }));
    }
    status
}

/// A line that the simulator prints: telemetry TIME NAME VALUE UNITS. Others are left to the log.
unsafe extern "C" fn on_line(context: *mut c_void, line: Text) {
    let job = &*(context as *const Job);
    let text = line.string();
    let words: Vec<&str> = text.split_whitespace().collect();
    if let ["telemetry", time, name, value, units] = words[..] {
        if let (Ok(sim_time_s), Ok(value)) = (time.parse(), value.parse()) {
            let sample = Sample { name: Text::of(name), units: Text::of(units), sim_time_s, value };
            let host = HOST.load(Ordering::Acquire);
            ((*host).emit_telemetry)(host, job.token, &sample, 1);
        }
    }
}

unsafe extern "C" fn launch(job: *mut Job, process: *mut Process, error: *mut Error) -> Status {
    let program = program();
    let arguments = [Text::of(&program)]; // and its arguments, if it has any
    let request = Program {
        struct_size: size_of::<Program>() as u32,
        is_helper: 0,
        arguments: arguments.as_ptr(),
        argument_count: arguments.len(),
        environment: ptr::null(),
        environment_count: 0,
        working_directory: Text::EMPTY,
        context: job as *mut c_void,
        on_line: Some(on_line),
        on_exit: None,
    };
    match control() {
        Some(control) => (control.spawn)((*job).processes, &request, process, error),
        None => E_INTERNAL,
    }
}

unsafe extern "C" fn terminate(job: *mut Job) {
    if let Some(control) = control() {
        (control.kill)((*job).processes)
    }
}

/// Exit code 0 is success.
unsafe extern "C" fn reap(job: *mut Job, result: *mut Exit, error: *mut Error) -> Status {
    control().map_or(E_INTERNAL, |control| (control.reap)((*job).processes, result, error))
}

unsafe extern "C" fn collect(job: *mut Job, collector: *const Collector, error: *mut Error) -> Status {
    control().map_or(E_INTERNAL, |control| (control.collect)((*job).processes, collector, error))
}

unsafe extern "C" fn release(job: *mut Job) {
    let job = Box::from_raw(job);
    if let Some(control) = control() {
        (control.close)(job.processes)
    }
}

/// A timeout or a cancellation: the simulator has some seconds to write down what it has.
unsafe extern "C" fn stop(job: *mut Job, _reason: i32, _deadline_ns: u64) -> i32 {
    const SIGTERM: i32 = 15;
    if let Some(control) = control() {
        (control.signal)((*job).processes, SIGTERM)
    }
    1
}

static SOFT_STOP: SoftStop = SoftStop { struct_size: size_of::<SoftStop>() as u32, stop };

unsafe extern "C" fn get_extension(_: *const Engine, name: Text) -> *const c_void {
    if name.bytes() == EXTENSION_SOFT_STOP.as_bytes() {
        &SOFT_STOP as *const SoftStop as *const c_void
    } else {
        ptr::null()
    }
}

static TABLE: Engine = Engine {
    struct_size: size_of::<Engine>() as u32,
    abi_major: ABI_MAJOR,
    abi_minor: ABI_MINOR,
    context: ptr::null_mut(),
    id: Text::of("lab"), // what batches and runners call it
    display_name: Text::of("The lab's simulator"),
    version: Text::of("1.0.0"),
    configure,
    prepare,
    launch,
    terminate,
    reap,
    collect,
    release,
    get_extension,
};

/// # Safety
/// Called once by the host, with its table.
#[no_mangle]
pub unsafe extern "C" fn lynx_engine_entry(host: *const Host, abi_major: u32) -> *const Engine {
    if abi_major != ABI_MAJOR {
        return ptr::null();
    }
    HOST.store(host as *mut Host, Ordering::Release);
    CONTROL.store(((*host).get_extension)(host, Text::of(EXTENSION_PROCESS)) as *mut ProcessControl, Ordering::Release);
    &TABLE
}
