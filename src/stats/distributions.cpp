#include "distributions.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace mutation::stats {

namespace {

namespace bm = boost::math;

using DoubleOnly = bm::policies::policy<bm::policies::promote_double<false>, bm::policies::promote_float<false>>;
using Normal = bm::normal_distribution<double, DoubleOnly>;
using StudentsT = bm::students_t_distribution<double, DoubleOnly>;
using NonCentralT = bm::non_central_t_distribution<double, DoubleOnly>;
using ChiSquared = bm::chi_squared_distribution<double, DoubleOnly>;
using FisherF = bm::fisher_f_distribution<double, DoubleOnly>;

} // namespace

double normal_cdf(double z) {
    return bm::cdf(Normal(), z);
}

double normal_quantile(double q) {
    return bm::quantile(Normal(), q);
}

double t_cdf(double t, double degrees_of_freedom) {
    return bm::cdf(StudentsT(degrees_of_freedom), t);
}

double t_upper(double t, double degrees_of_freedom) {
    return bm::cdf(bm::complement(StudentsT(degrees_of_freedom), t));
}

double t_quantile(double q, double degrees_of_freedom) {
    return bm::quantile(StudentsT(degrees_of_freedom), q);
}

double noncentral_t_cdf(double t, double degrees_of_freedom, double noncentrality) {
    return bm::cdf(NonCentralT(degrees_of_freedom, noncentrality), t);
}

double noncentral_t_upper(double t, double degrees_of_freedom, double noncentrality) {
    return bm::cdf(bm::complement(NonCentralT(degrees_of_freedom, noncentrality), t));
}

double chi_squared_upper(double x, double degrees_of_freedom) {
    return bm::cdf(bm::complement(ChiSquared(degrees_of_freedom), x));
}

double chi_squared_quantile(double q, double degrees_of_freedom) {
    return bm::quantile(ChiSquared(degrees_of_freedom), q);
}

double f_upper(double f, double numerator, double denominator) {
    return bm::cdf(bm::complement(FisherF(numerator, denominator), f));
}

} // namespace mutation::stats
