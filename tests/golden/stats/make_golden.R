#!/usr/bin/env Rscript
# A second opinion on the tests of `stats`, from R and data that R ships: writes r.json beside this script.
#   Rscript tests/golden/stats/make_golden.R
# Needs only base R. The result is committed: the tests need no R.

numbers <- function(x) paste0("[", paste(sprintf("%.17g", as.numeric(x)), collapse = ","), "]")
field <- function(name, x) paste0("\"", name, "\":", numbers(x))
object <- function(...) paste0("{", paste(..., sep = ","), "}")

fit <- lm(stack.loss ~ ., data = stackloss)
table <- summary(fit)$coefficients
linear <- object(
    field("Air.Flow", stackloss$Air.Flow), field("Water.Temp", stackloss$Water.Temp),
    field("Acid.Conc.", stackloss$Acid.Conc.), field("stack.loss", stackloss$stack.loss),
    field("coefficients", table[, 1]), field("standard_errors", table[, 2]), field("p", table[, 4]),
    field("ci95_low", confint(fit)[, 1]), field("ci95_high", confint(fit)[, 2]),
    field("r2", summary(fit)$r.squared), field("residual_sd", summary(fit)$sigma),
    field("leverage", hatvalues(fit)), field("cooks_distance", cooks.distance(fit))
)

first <- c(101, 103, 99, 102, 100)
second <- c(108, 110, 107, 111, 109)
test <- t.test(log(second), log(first))
samples <- object(
    field("a", first), field("b", second),
    field("ratio_ci95", exp(test$conf.int)), field("df", test$parameter), field("p", test$p.value),
    field("mann_whitney_p", wilcox.test(second, first, exact = TRUE)$p.value),
    field("depression", c(-.952, .147, -1.022, -.43, -.62, -.59, -.49, .08, -.01)),
    field("signed_rank_p", wilcox.test(c(-.952, .147, -1.022, -.43, -.62, -.59, -.49, .08, -.01), exact = TRUE)$p.value),
    field("p_values", c(.01, .04, .03, .005, .5)),
    field("holm", p.adjust(c(.01, .04, .03, .005, .5), "holm"))
)

runs <- c(3, 5, 10, 20)
detectable <- sapply(runs, function(n) {
    power.t.test(n = n, power = .8, sd = .02, strict = TRUE, tol = 1e-13)$delta
})
power <- object(
    field("power_18_2", {
        critical <- qt(.975, 18)
        pt(critical, 18, ncp = 2, lower.tail = FALSE) + pt(-critical, 18, ncp = 2)
    }),
    field("runs", runs), field("ratio", exp(detectable)),
    field("quantile_7", quantile(stackloss$stack.loss, c(.025, .1, .33, .9), type = 7)),
    field("geometric_mean", exp(mean(log(stackloss$stack.loss)))), field("mad", mad(stackloss$stack.loss, constant = 1))
)

here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
writeLines(
    paste0("{\"version\":\"", R.version.string, "\",\"linear\":", linear, ",\"samples\":", samples, ",\"power\":", power, "}"),
    file.path(here, "r.json")
)
