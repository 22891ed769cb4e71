# What the learners say about simulated histories: a program of its own, judged by tests/learn/run.py.

LEARN_JUDGE := $(BUILD)/learn/judge
LEARN_JUDGE_SRC := $(sort $(wildcard tests/learn/*.c))
LEARN_JUDGE_OBJ := $(filter $(addprefix $(BUILD)/obj/agent/,base/% log/% rules/% diagnose/% learn/%) $(BUILD)/obj/gen/%,$(LIB_OBJ))

$(LEARN_JUDGE): $(LEARN_JUDGE_SRC) $(wildcard tests/learn/*.h) $(LEARN_JUDGE_OBJ)
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $(LEARN_JUDGE_SRC) $(LEARN_JUDGE_OBJ) $(DEPS_LIBS)

.PHONY: learn
learn: $(LEARN_JUDGE) ## judge the learners on simulated histories
	python3 tests/learn/run.py $(LEARN_JUDGE)
