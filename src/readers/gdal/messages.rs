//! What GDAL says while something runs on this thread. Handlers are stacked per thread in GDAL, so readers on several threads do not mix.

use std::{
    cell::RefCell,
    ffi::{CStr, c_char, c_int},
};

/// More messages than this are only counted.
const KEPT: usize = 200;

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Message {
    /// A failure rather than a warning.
    pub(super) failure: bool,
    pub(super) text: String,
}

#[derive(Default)]
struct Log {
    messages: Vec<Message>,
    more: u64,
}

/// Collects the messages of this thread until it is dropped.
pub(super) struct Collector {
    log: Box<RefCell<Log>>,
    // Handlers belong to a thread.
    _thread: std::marker::PhantomData<*const ()>,
}

unsafe extern "C" fn collect(class: gdal_sys::CPLErr::Type, _number: c_int, text: *const c_char) {
    // SAFETY: GDAL calls this with a valid C string, and the user data is the log that `Collector` keeps alive.
    unsafe {
        let log = gdal_sys::CPLGetErrorHandlerUserData().cast::<RefCell<Log>>();
        if log.is_null() || text.is_null() || class < gdal_sys::CPLErr::CE_Warning {
            return;
        }
        let Ok(mut log) = (*log).try_borrow_mut() else { return };
        if log.messages.len() < KEPT {
            let text = CStr::from_ptr(text).to_string_lossy();
            log.messages.push(Message {
                failure: class >= gdal_sys::CPLErr::CE_Failure,
                text: crate::readers::printable(&text),
            });
        } else {
            log.more += 1;
        }
    }
}

impl Collector {
    /// Starts collecting.
    pub(super) fn new() -> Self {
        let log = Box::new(RefCell::new(Log::default()));
        // SAFETY: the box outlives the handler, which is popped in `drop`.
        unsafe {
            gdal_sys::CPLErrorReset();
            gdal_sys::CPLPushErrorHandlerEx(Some(collect), (&raw const *log).cast_mut().cast());
        }
        Self {
            log,
            _thread: std::marker::PhantomData,
        }
    }

    /// Takes the messages so far; the number says how many more there were.
    pub(super) fn take(&self) -> (Vec<Message>, u64) {
        let mut log = self.log.borrow_mut();
        (std::mem::take(&mut log.messages), std::mem::take(&mut log.more))
    }

    /// True when nothing was said.
    pub(super) fn is_empty(&self) -> bool {
        self.log.borrow().messages.is_empty()
    }

    /// The last failure, else the last warning, without taking it.
    pub(super) fn last(&self) -> Option<String> {
        let log = self.log.borrow();
        let failure = log.messages.iter().rev().find(|m| m.failure);
        failure.or(log.messages.last()).map(|m| m.text.clone())
    }

    /// The last failure.
    pub(super) fn last_failure(&self) -> Option<String> {
        self.log.borrow().messages.iter().rev().find(|m| m.failure).map(|m| m.text.clone())
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        // SAFETY: pops the handler pushed in `new`, on the same thread, because the type is not `Send`.
        unsafe { gdal_sys::CPLPopErrorHandler() };
    }
}
