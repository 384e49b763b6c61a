//! Every exercise can be failed and can be solved.

use companion::exercises::ALL;

#[test]
fn every_start_fails_as_published() {
    for exercise in ALL {
        assert!(
            (exercise.start)().is_err(),
            "{}: start.rs passes; a solved exercise is not committed",
            exercise.name
        );
    }
}

#[test]
fn every_solution_passes() {
    for exercise in ALL {
        assert_eq!(
            (exercise.solution)(),
            Ok(()),
            "{}: solution.rs",
            exercise.name
        );
    }
}
