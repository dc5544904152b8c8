use super::*;

fn switched_on(text: &str) -> Result<Faults, String> {
    let mut faults = Faults::default();
    faults.switch_on(text).map(|()| faults)
}

#[test]
fn each_fault_sets_its_own() {
    let on = |text| switched_on(text).expect(text);
    let clean = Faults::default();
    let micros = |n| Some(Duration::from_micros(n));
    assert_eq!(
        on("delay"),
        Faults {
            delay: micros(200),
            ..clean
        }
    );
    assert_eq!(
        on("delay=2ms"),
        Faults {
            delay: micros(2000),
            ..clean
        }
    );
    assert_eq!(
        on("burn=1us"),
        Faults {
            burn: micros(1),
            ..clean
        }
    );
    assert_eq!(
        on("parse"),
        Faults {
            parse: true,
            ..clean
        }
    );
    let work = |set: fn(&mut Work)| {
        let mut faults = clean;
        set(&mut faults.work);
        faults
    };
    assert_eq!(on("parse-again"), work(|work| work.parse_again = true));
    assert_eq!(on("format-log"), work(|work| work.format_log = true));
    assert_eq!(on("copy-headers"), work(|work| work.copy_headers = 4));
    assert_eq!(on("copy-events"), work(|work| work.copy_events = 2));
    assert_eq!(
        on("compile-regexp"),
        work(|work| work.compile_regexp = true)
    );
    assert_eq!(on("open-file"), work(|work| work.open_file = true));
    assert_eq!(on("fsync"), work(|work| work.fsync = true));
    let nano = Some(Duration::from_nanos(1));
    assert_eq!(
        on("per-byte"),
        Faults {
            per_byte: nano,
            ..clean
        }
    );
    assert_eq!(
        on("lock"),
        Faults {
            slots: Some(1),
            ..clean
        }
    );
    assert_eq!(
        on("pool=7"),
        Faults {
            slots: Some(7),
            ..clean
        }
    );
    assert_eq!(
        on("nagle"),
        Faults {
            nagle: true,
            ..clean
        }
    );
    assert_eq!(
        on("churn"),
        Faults {
            churn: Churn::Always,
            ..clean
        }
    );
    assert_eq!(
        on("churn-streams"),
        Faults {
            churn: Churn::Streams,
            ..clean
        }
    );
    assert_eq!(
        on("buffer"),
        Faults {
            buffer: Some(Buffer::Whole),
            ..clean
        }
    );
    let pieces = Some(Buffer::Pieces(16 << 10));
    assert_eq!(
        on("buffer=16KB"),
        Faults {
            buffer: pieces,
            ..clean
        }
    );
    assert_eq!(
        on("delay-first-event"),
        Faults {
            delay_first_event: micros(1000),
            ..clean
        }
    );
    assert_eq!(
        on("drop-chunk"),
        Faults {
            drop_chunk: 1_000_000,
            ..clean
        }
    );
    assert_eq!(
        on("error=2%"),
        Faults {
            error: 20_000,
            ..clean
        }
    );
    assert_eq!(
        on("leak"),
        Faults {
            leak: Some(10 << 10),
            ..clean
        }
    );
}

#[test]
fn wrong_faults_are_refused() {
    let wrong = [
        "",
        "dela",
        "delay=",
        "delay=1",
        "error=1",
        "nagle=1",
        "nagle=",
        "buffer=",
        "buffer=16",
        "pool=0",
        "quadratic", // one that only the Go gateway has
    ];
    for text in wrong {
        assert!(switched_on(text).is_err(), "{text:?} was accepted");
    }
}

#[test]
fn every_fault_is_described() {
    for kind in KINDS {
        assert!(describe().contains(kind.name), "{} is missing", kind.name);
        assert!(
            switched_on(kind.name).is_ok_and(|faults| faults != Faults::default()),
            "{} does nothing at its usual strength",
            kind.name
        );
    }
}
