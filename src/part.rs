//! How the wasm is cut into parts: the main one, `views` and `callback` (docs/performance.md).
//!
//! A function with the attribute `wasm_split(NAME)` begins a part. The build moves it there, with everything that
//! only it uses. `boot.js` loads the parts that an address needs before it calls [`crate::start`]. So nothing is loaded
//! from here, and the attribute gets a loader that has nothing to do. Without the feature `split` there is one part.

/// Calls a function that begins a part. Its part has been loaded, so the future is ready at once. If `boot.js` had not
/// loaded it, the call would be a trap, which `boot.js` shows as a crash.
#[cfg(feature = "split")]
pub fn call<T>(function: impl Future<Output = T>) -> T {
    use futures_util::FutureExt;
    function.now_or_never().unwrap_or_else(|| unreachable!())
}

/// Calls a function that would begin a part.
#[cfg(not(feature = "split"))]
pub fn call<T>(done: T) -> T {
    done
}

/// What the attribute's code calls.
#[cfg(feature = "split")]
pub mod rt {
    use std::convert::Infallible;
    use std::ffi::c_void;
    use std::pin::Pin;

    /// What a loader would call once it has loaded a part.
    pub type LoadCallbackFn = unsafe extern "C" fn(*const c_void, bool);

    /// The loader of a part that is loaded already.
    #[derive(Debug)]
    pub struct LazySplitLoader;

    impl LazySplitLoader {
        /// A loader that does not use the function which would load the part.
        pub const fn new(_: unsafe extern "C" fn(LoadCallbackFn, *const c_void)) -> Self {
            Self
        }
    }

    /// Does nothing.
    ///
    /// # Errors
    /// None.
    pub async fn ensure_loaded(_: Pin<&LazySplitLoader>) -> Result<(), Infallible> {
        Ok(())
    }
}
