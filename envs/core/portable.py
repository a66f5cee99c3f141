"""Logarithm, exponential, cosine and sine of float64, with the same bits on every machine.

Mathematical libraries round these functions differently, so a world that used them would depend on the machine. This
module uses only what IEEE 754 rounds alike everywhere (+, -, *, / and comparisons) and the bits of integers. The
compiler may neither reorder sums nor contract a product and a sum into one operation. On a CPU, Numba does neither
unless told `fastmath`; CUDA's compiler contracts unless told `fma=0`.

Each function reduces its argument exactly, or to more than 53 bits, and evaluates a polynomial there. The polynomials
have the least relative error (Remez's exchange) and are summed in pairs, for speed. Each leading term is kept as a
float64 and its remainder (Dekker 1971), as in Sun's fdlibm. In units in the last place, results are off by at most 0.6
(`log`), 0.7 (`exp`) and 0.8 (`cos_turn`, `sin_turn`), and by 1 below 2**-1022. A power is `exp(y * log(x))`, whose
larger error does not matter to a random number.
"""

from __future__ import annotations

import math

import numpy as np

from .inner import inner

SMALLEST, LARGEST = 2.0**-1022, (2.0 - 2.0**-52) * 2.0**1023  # normal numbers
LN2, LN2_REST = 0.6931471805598903, 5.497923018708371e-14  # 42 bits, so that multiples below 2**11 are exact
PI_2, PI_2_REST = 1.5707963267923333, 2.563344151594519e-12  # 36 bits of pi / 2
PI2_8, PI2_8_REST = 1.2336997985839844, 7.515521854523544e-07  # 19 bits of pi^2 / 8
ROUND = 1.5 * 2.0**52  # adding it rounds to a whole number, which is then in the lowest bits
ROUND_BITS = 0x4338 << 48
ROOT_BITS = 0x3FE6A09E667F3BCD  # those of sqrt(1 / 2)
TOP_17, TOP_26 = -(1 << 36), -(1 << 27)  # masks that keep this many leading bits


@inner
def _bits(x):
    """The bits of x, int64."""
    return np.float64(x).view(np.int64)


@inner
def _float(bits):
    """The float64 with these bits."""
    return np.int64(bits).view(np.float64)


@inner
def _top(x, mask):
    """The leading bits of x, with the others set to 0."""
    return _float(_bits(x) & mask)


@inner
def _parts(x):
    """A whole number k, as a float64, and m from sqrt(1 / 2) to sqrt(2) with x = 2**k m, for x positive and normal."""
    word = _bits(x)
    k = (word - ROOT_BITS) >> 52
    return np.float64(k), _float(word - (k << 52))


@inner
def log(x):
    """The natural logarithm: -inf for 0, NaN for negative numbers."""
    shift = 0.0
    if not SMALLEST <= x <= LARGEST:
        if x == 0.0:
            return -math.inf
        if not 0.0 < x < math.inf:
            return x if x > 0.0 else math.nan
        x *= 2.0**54
        shift = -54.0
    k, m = _parts(x)
    k += shift
    # With f = m - 1 and s = f / (2 + f), log(m) = log((1 + s) / (1 - s)) = f - f f / 2 + s (f f / 2 + z p(z)), z = s s.
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    low = 0.6666666666666734 + z * 0.3999999999941637 + w * (0.28571428742016086 + z * 0.2222219861072946)
    high = 0.18183562407094947 + z * 0.15314098812200536 + w * 0.1479547512069414
    tail = s * (0.5 * f * f + z * (low + w * w * high))
    f_top = _top(f, TOP_26)
    half, half_rest = 0.5 * f_top * f_top, 0.5 * (f - f_top) * (f + f_top)
    first = k * LN2 + f
    second = first - half
    rest = ((k * LN2 - first) + f) + ((first - second) - half)
    return second + (rest + (k * LN2_REST - half_rest + tail))


@inner
def exp(x):
    """The exponential: inf from about 709.8 on, 0 below about -745.1, NaN for NaN."""
    if not -746.0 <= x <= 710.0:
        if x > 0.0:
            return math.inf
        return 0.0 if x < 0.0 else math.nan
    rounded = x * 1.4426950408889634 + ROUND
    k = rounded - ROUND
    large, small = x - k * LN2, -(k * LN2_REST)
    r = large + small
    missing = small - (r - large)
    z = r * r
    w = z * z
    low = 0.5000000000000011 + r * 0.16666666666666413 + z * (0.04166666666653021 + r * 0.008333333333494449)
    high = 0.0013888888943617615 + r * 0.00019841269506574226 + z * (2.4801493110468733e-05 + r * 2.755758639694083e-06)
    high += w * (2.7630244625467537e-07 + r * 2.5000049757647302e-08)
    first = 1.0 + r
    y = first + ((r - (first - 1.0)) + (missing * first + z * (low + w * high)))
    n = _bits(rounded) - ROUND_BITS
    if -1000 < n < 1000:
        return _float(_bits(y) + (n << 52))
    half = n >> 1  # 2**n itself may be out of range
    return y * _float((1023 + half) << 52) * _float((1023 + n - half) << 52)


@inner
def _quarters(u):
    """The number of quarters in u turns, in the lowest bits, and the cosine and sine of the rest, at most 1/8 turn."""
    rounded = 4.0 * u + ROUND
    r = 4.0 * u - (rounded - ROUND)
    z = r * r
    w = z * z
    r_top = _top(r, TOP_17)
    # Sine: the product of the leading bits of pi r / 2 is exact.
    low = -0.6459640975062448 + z * 0.0796926262460598 + w * (-0.004681754132562534 + z * 0.00016044115216802177)
    tail = r * z * (low + w * w * (-3.5986477742215318e-06 + z * 5.6344629429805624e-08))
    sine = r_top * PI_2 + ((r - r_top) * PI_2 + r * PI_2_REST + tail)
    # Cosine: 1 - pi^2 r^2 / 8 and the remaining terms.
    square, square_rest = r_top * r_top * PI2_8, (r - r_top) * (r + r_top) * PI2_8 + z * PI2_8_REST
    low = 0.2536695079010476 + z * -0.020863480763329178 + w * (0.0009192602743673896 + z * -2.5202037759550122e-05)
    tail = w * (low + w * w * (4.7106364583290224e-07 + z * -6.324128155263243e-09))
    first = 1.0 - square
    return _bits(rounded), first + (((1.0 - first) - square) + (tail - square_rest)), sine


@inner
def cos_turn(u):
    """The cosine of u turns, cos(2 pi u), for u from 0 to 1; NaN for NaN."""
    quarters, cosine, sine = _quarters(u)
    value = sine if quarters & 1 else cosine
    return 0.0 + (-value if (quarters + 1) & 2 else value)  # no -0.0


@inner
def sin_turn(u):
    """The sine of u turns, sin(2 pi u), for u from 0 to 1; NaN for NaN."""
    quarters, cosine, sine = _quarters(u)
    value = cosine if quarters & 1 else sine
    return 0.0 + (-value if quarters & 2 else value)  # no -0.0
