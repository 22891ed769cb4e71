#include "learn/calibration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#define CASES 200

static const struct calibration_options plain = {.features = 2, .ridge = 0.01};

/* x[0] decides in nine of ten cases, x[1] is noise; 20 groups. */
static void make(struct calibration_case *list)
{
	for (size_t i = 0; i < CASES; i++) {
		list[i] = (struct calibration_case){.x = {i % 2 ? 1 : -1, (double)(i * 7 % 11)}, .group = i / 10};
		list[i].good = (i % 2) != (i % 10 == 3);
	}
}

static void test_learns_what_decides(void **state)
{
	struct calibration_case list[CASES];
	struct calibration_model m;

	(void)state;
	make(list);
	calibration_fit(&m, list, CASES, &plain, CALIBRATION_FOLDS);
	assert_true(m.weight[0] > 1);
	assert_true(fabs(m.weight[1]) < 0.2);
	assert_true(calibration_predict(&m, (const double[]){1, 5}, 2) > 0.7);
	assert_true(calibration_predict(&m, (const double[]){-1, 5}, 2) < 0.1);
}

/* The score equations of maximum likelihood: predictions sum up to what came true. */
static void test_is_calibrated_on_its_own_cases(void **state)
{
	struct calibration_case list[CASES];
	struct calibration_model m;
	double told = 0, good = 0;

	(void)state;
	make(list);
	calibration_fit(&m, list, CASES, &plain, CALIBRATION_FOLDS);
	for (size_t i = 0; i < CASES; i++) {
		told += calibration_predict(&m, list[i].x, 2);
		good += list[i].good;
	}
	assert_true(fabs(told - good) < 0.01);
}

static void test_ridge_and_doubt_pull_back(void **state)
{
	struct calibration_case list[CASES];
	struct calibration_options strong = {.features = 2, .ridge = 1000},
				   doubtful = {.features = 1, .ridge = 1, .doubt = 1e6};
	struct calibration_model m, tame;

	(void)state;
	make(list);
	calibration_fit(&m, list, CASES, &plain, CALIBRATION_FOLDS);
	calibration_fit(&tame, list, CASES, &strong, CALIBRATION_FOLDS);
	assert_true(tame.weight[0] < m.weight[0] / 4);
	for (size_t i = 0; i < CASES; i++)
		list[i].good = true;
	calibration_fit(&tame, list, CASES, &doubtful, CALIBRATION_FOLDS);
	assert_true(fabs(calibration_predict(&tame, (const double[]){0}, 1) - 0.5) < 0.01);
}

static void test_a_sign_that_is_known_is_kept(void **state)
{
	static const signed char sign[] = {-1, 0};
	struct calibration_case list[CASES];
	struct calibration_options o = plain;
	struct calibration_model m;

	(void)state;
	make(list);
	o.sign = sign;
	calibration_fit(&m, list, CASES, &o, CALIBRATION_FOLDS);
	assert_true(m.weight[0] == 0);
}

/* A feature that is another number in each group teaches nothing about other groups. */
static void test_cross_validation_sees_through_learning_by_heart(void **state)
{
	struct calibration_case list[CASES];
	struct calibration_options o = {.features = 5, .ridge = 1e-6};
	struct forecast held[CASES], told[CASES];
	struct calibration_model m;

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		list[i] = (struct calibration_case){.group = i / 40, .good = (i / 40) % 2};
		list[i].x[i / 40] = 1;
	}
	calibration_fit(&m, list, CASES, &o, CALIBRATION_FOLDS);
	for (size_t i = 0; i < CASES; i++)
		told[i] = (struct forecast){calibration_predict(&m, list[i].x, 5), list[i].good};
	calibration_cross(held, list, CASES, &o);
	assert_true(measure_brier_skill(told, CASES) > 0.9);
	assert_true(measure_brier_skill(held, CASES) < 0);
}

static void test_a_constant_feature_harms_nothing(void **state)
{
	struct calibration_case list[CASES];
	struct calibration_model m;

	(void)state;
	make(list);
	for (size_t i = 0; i < CASES; i++)
		list[i].x[1] = 3;
	calibration_fit(&m, list, CASES, &plain, CALIBRATION_FOLDS);
	assert_true(isfinite(m.bias) && isfinite(m.weight[0]) && fabs(m.weight[1]) < 1e-6);
	calibration_fit(&m, list, 0, &plain, CALIBRATION_FOLDS);
	assert_true(isfinite(m.bias));
}

static void test_isotonic_rises_with_the_score(void **state)
{
	struct calibration_case list[CASES];
	struct calibration_options o = {.features = 1};
	struct forecast held[CASES];

	(void)state;
	for (size_t i = 0; i < CASES; i++)
		list[i] = (struct calibration_case){.x = {(double)(i % 20)}, .group = i / 20, .good = i % 20 >= 10};
	calibration_cross_isotonic(held, list, CASES, &o);
	for (size_t i = 0; i < CASES; i++)
		assert_true(list[i].good ? held[i].p > 0.9 : held[i].p < 0.1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_learns_what_decides),
		cmocka_unit_test(test_is_calibrated_on_its_own_cases),
		cmocka_unit_test(test_ridge_and_doubt_pull_back),
		cmocka_unit_test(test_a_sign_that_is_known_is_kept),
		cmocka_unit_test(test_cross_validation_sees_through_learning_by_heart),
		cmocka_unit_test(test_a_constant_feature_harms_nothing),
		cmocka_unit_test(test_isotonic_rises_with_the_score),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
