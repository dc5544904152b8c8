//! Precise waiting and precise work.

use std::io;
use std::time::{Duration, Instant};

use rustix::time::{
    ClockId, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, clock_gettime,
    timerfd_create, timerfd_settime,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// How long before its end a sleep wakes up and spins, because the kernel wakes
/// the task late; the same as in the Go reference gateway, where it was measured.
fn spin_tail(time: Duration) -> Duration {
    Duration::from_micros(40) + time / 50
}

/// Waits for `time`, typically to within a few microseconds. The timers of
/// tokio count whole milliseconds; a timerfd wakes the task through epoll at once.
pub async fn sleep(time: Duration) -> io::Result<()> {
    let end = Instant::now() + time;
    if let Some(wait) = time
        .checked_sub(spin_tail(time))
        .filter(|wait| !wait.is_zero())
    {
        let timer = timerfd_create(
            TimerfdClockId::Monotonic,
            TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC,
        )?;
        let once = Itimerspec {
            it_interval: Timespec::default(),
            it_value: wait.try_into().map_err(io::Error::other)?,
        };
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &once)?;
        // SAFETY: an OwnedFd is open and stays the same descriptor for as long as
        // the AsyncFd owns it.
        #[allow(unsafe_code)]
        let timer = unsafe { AsyncFd::register_with_interest(timer, Interest::READABLE)? };
        drop(timer.readable().await?);
    }
    while Instant::now() < end {
        std::hint::spin_loop();
    }
    Ok(())
}

/// Uses `time` of CPU time. Wall time would not do: on a busy machine part of it
/// belongs to other processes.
pub fn burn(time: Duration) {
    let end = thread_cpu_time() + time;
    while thread_cpu_time() < end {
        std::hint::spin_loop();
    }
}

fn thread_cpu_time() -> Duration {
    let used = clock_gettime(ClockId::ThreadCPUTime);
    used.try_into()
        .expect("the CPU time of a thread is not negative")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleep_is_never_short() {
        for micros in [1, 40, 41, 200, 5000] {
            let time = Duration::from_micros(micros);
            let start = Instant::now();
            sleep(time).await.expect("sleep");
            assert!(
                start.elapsed() >= time,
                "slept {:?} of {time:?}",
                start.elapsed()
            );
        }
    }

    #[test]
    fn burn_uses_cpu_time() {
        let start = thread_cpu_time();
        burn(Duration::from_millis(5));
        assert!(thread_cpu_time() - start >= Duration::from_millis(5));
    }
}
