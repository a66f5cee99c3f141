"""Local search, compiled: tours, routes and trips are improved until no move is left, then perturbed.

Moves are considered only if they create an edge from a node to one of its nearest nodes: row i of `near` holds those
of node i, by ascending distance. A queue holds the nodes around which something has changed.
"""

from __future__ import annotations

import numpy as np

from ..core.compile import compiled
from ..core.inner import inner
from ..core.rng import randint, uniform

EXCHANGED, TURNED, REVERSED = range(3)  # how two adjacent stretches of a tour are rearranged
STRETCH = 30  # maximum number of nodes in a stretch that a perturbation of a tour moves
LONGEST = 3  # maximum number of customers in a segment that two routes exchange, unless it is a whole end
RUINED = 12  # maximum number of customers that a perturbation removes from their routes
NOISE = 0.99  # noise factor of the ratios when a trip is perturbed
LENIENCE = 0.03  # how much worse, relatively, a trip may be at first and still be perturbed further


# --- tours ------------------------------------------------------------------------------------------------------------


@inner
def _rearrange(tour, place, i, way, first, last, kind):
    """Rewrite the steps 1 to last after place i, read forwards (way 1) or backwards (-1).

    EXCHANGED: the steps from `first` on, then those before it; TURNED: the same, with those before it reversed;
    REVERSED: all of them reversed.
    """
    n = tour.shape[0]
    fresh = np.empty(last, np.int64)
    for k in range(last):
        step = last - k
        if kind != REVERSED and k <= last - first:
            step = first + k
        elif kind == EXCHANGED:
            step = k - (last - first)
        fresh[k] = tour[(i + way * step) % n]
    for k in range(last):
        where = (i + way * (k + 1)) % n
        tour[where] = fresh[k]
        place[fresh[k]] = where


@inner
def _improve_at(tour, place, matrix, near, symmetric, least, a, touched):
    """Make the best move that gives node a another neighbour; returns the gain, or 0 if it is not above `least`.

    The tour a b..p c..k s becomes a c..k b..p s or, where directions do not matter, a c..k p..b s or a c p..b (2-opt);
    in that case it is also read backwards. `touched` receives the six nodes at the ends of the edges.
    """
    n, i = tour.shape[0], place[a]
    best, way, first, last, kind = least, 0, 0, 0, EXCHANGED
    for direction in (1, -1):
        if direction < 0 and not symmetric:
            break
        b = tour[(i + direction) % n]
        for c in near[a]:
            gain = matrix[a, b] - matrix[a, c]
            if gain <= least:
                break
            if place[c] < 0:
                continue
            j = (direction * (place[c] - i)) % n
            if symmetric:
                d = tour[(i + direction * (j + 1)) % n]
                change = gain + matrix[c, d] - matrix[b, d]
                if change > best:
                    best, way, first, last, kind = change, direction, j, j, REVERSED
            p = tour[(i + direction * (j - 1)) % n]
            gain += matrix[p, c]
            for end in range(j, n):
                k, s = tour[(i + direction * end) % n], tour[(i + direction * (end + 1)) % n]
                change = gain + matrix[k, s] - matrix[k, b] - matrix[p, s]
                if change > best:
                    best, way, first, last, kind = change, direction, j, end, EXCHANGED
                if symmetric:
                    change = gain + matrix[k, s] - matrix[k, p] - matrix[b, s]
                    if change > best:
                        best, way, first, last, kind = change, direction, j, end, TURNED
    if way == 0:
        return 0.0
    for t, step in enumerate((0, 1, first - 1, first, last, last + 1)):
        touched[t] = tour[(i + way * step) % n]
    _rearrange(tour, place, i, way, first, last, kind)
    return best


@inner
def improve_tour(tour, place, matrix, near, symmetric, least, start):
    """Improve a tour in place until no move gains more than `least`, starting at some of its nodes; returns the gain.

    `place` is the position of each node in the tour, -1 for nodes that are not on it.
    """
    n = tour.shape[0]
    queue, head, count = np.empty(n, np.int64), 0, 0  # a ring buffer
    waiting = np.zeros(place.shape[0], np.bool_)
    for node in start:
        if not waiting[node]:
            waiting[node] = True
            queue[count] = node
            count += 1
    total, touched = 0.0, np.empty(6, np.int64)
    while count:
        node = queue[head]
        head, count = (head + 1) % n, count - 1
        waiting[node] = False
        gain = _improve_at(tour, place, matrix, near, symmetric, least, node, touched)
        if gain > 0:
            total += gain
            for other in touched:
                if not waiting[other]:
                    waiting[other] = True
                    queue[(head + count) % n] = other
                    count += 1
    return total


def search_tour(tour, matrix, near, symmetric, least, rng, iterations):
    """Improve a tour in place, then again after each of `iterations` perturbations; keep a tour if it is no worse.

    A perturbation reverses the order of three adjacent stretches but not their directions, which no single move undoes.
    """
    n = tour.shape[0]
    place = np.empty(n, np.int64)
    place[tour] = np.arange(n)
    improve_tour(tour, place, matrix, near, symmetric, least, tour.copy())
    stretch = min(STRETCH, (n - 1) // 3)
    if stretch < 1:
        return
    kept, kept_place, start = tour.copy(), place.copy(), np.empty(8, np.int64)
    for _ in range(iterations):
        i, one = randint(rng, n), 1 + randint(rng, stretch)
        two, three = 1 + randint(rng, stretch), 1 + randint(rng, stretch)
        for k, step in enumerate((0, one, one + two, one + two + three)):  # the ends of a, b, c, d
            start[2 * k], start[2 * k + 1] = tour[(i + step) % n], tour[(i + step + 1) % n]
        a, first_b, b, first_c, c, first_d, d, then = start
        change = matrix[a, first_d] + matrix[d, first_c] + matrix[c, first_b] + matrix[b, then]
        change -= matrix[a, first_b] + matrix[b, first_c] + matrix[c, first_d] + matrix[d, then]
        _rearrange(tour, place, i, 1, one + two + 1, one + two + three, EXCHANGED)
        _rearrange(tour, place, (i + three) % n, 1, one + 1, one + two, EXCHANGED)
        change -= improve_tour(tour, place, matrix, near, symmetric, least, start)
        if change <= 0:
            kept[:], kept_place[:] = tour, place
        else:
            tour[:], place[:] = kept, kept_place


search_tour = compiled(search_tour)


# --- routes -----------------------------------------------------------------------------------------------------------
# Row r of `routes` is 0, the customers of route r in order, and 0 again. `sizes` counts them, `place` and `route` give
# the position of a customer, `until` the load of its route up to and including it.


@inner
def _refresh(routes, sizes, route, place, until, demands, r):
    load = 0.0
    for k in range(1, sizes[r] + 1):
        node = routes[r, k]
        load += demands[node]
        route[node], place[node], until[node] = r, k, load
    routes[r, 0] = routes[r, sizes[r] + 1] = 0


@inner
def _segments(center, size, after, segments):
    """Write the segments (first, count) next to a place: at most LONGEST nodes, or all. Returns their number."""
    found = 0
    there = size - center if after else center - 1
    for count in range(LONGEST + 1):
        if count <= there:
            segments[found, 0], segments[found, 1] = center + 1 if after else center - count, count
            found += 1
    if there > LONGEST:
        segments[found, 0], segments[found, 1] = center + 1 if after else 1, there
        found += 1
    return found


@inner
def _exchange_at(routes, sizes, route, place, until, matrix, near, demands, capacity, least, u):
    """The best exchange of a segment next to customer u for one of another route with a customer near u at its end.

    Returns the gain and the two routes, -1 if there is none.
    """
    r, i = route[u], place[u]
    total_r = until[routes[r, sizes[r]]]
    best, best_q = least, -1
    a_first = a_count = b_first = b_count = 0
    mine, theirs = np.empty((LONGEST + 2, 2), np.int64), np.empty((LONGEST + 2, 2), np.int64)
    for v in near[u]:
        q = route[v]
        if v == 0 or q == r or q < 0:
            continue
        j, total_q = place[v], until[routes[q, sizes[q]]]
        for after in (True, False):
            for x in range(_segments(i, sizes[r], after, mine)):
                f, la = mine[x]
                left, right = routes[r, f - 1], routes[r, f + la]
                load_a = (until[routes[r, f + la - 1]] if la else 0.0) - (until[left] if la and left else 0.0)
                a1, a2 = routes[r, f], routes[r, f + la - 1]
                for onwards in (True, False):
                    # The segments next to v that begin (or end) with it.
                    for y in range(_segments(j - 1 if onwards else j + 1, sizes[q], onwards, theirs)):
                        g, lb = theirs[y]
                        if lb == 0:
                            continue
                        before, behind = routes[q, g - 1], routes[q, g + lb]
                        b1, b2 = routes[q, g], routes[q, g + lb - 1]
                        gain = matrix[before, b1] + matrix[b2, behind]
                        gain -= min(matrix[left, b1] + matrix[b2, right], matrix[left, b2] + matrix[b1, right])
                        if la:
                            gain += matrix[left, a1] + matrix[a2, right]
                            gain -= min(
                                matrix[before, a1] + matrix[a2, behind], matrix[before, a2] + matrix[a1, behind]
                            )
                        else:
                            gain += matrix[left, right] - matrix[before, behind]
                        if gain <= best:
                            continue
                        moved = until[b2] - (until[before] if before else 0.0) - load_a
                        if total_r + moved <= capacity and total_q - moved <= capacity:
                            best, best_q = gain, q
                            a_first, a_count, b_first, b_count = f, la, g, lb
    if best_q < 0:
        return 0.0, -1, -1
    _exchange(routes, sizes, matrix, r, a_first, a_count, best_q, b_first, b_count)
    _refresh(routes, sizes, route, place, until, demands, r)
    _refresh(routes, sizes, route, place, until, demands, best_q)
    return best, r, best_q


@inner
def _exchange(routes, sizes, matrix, r, f, la, q, g, lb):
    """Exchange two segments of two routes, each reversed if it fits better that way."""
    a, b = routes[r, f : f + la].copy(), routes[q, g : g + lb].copy()
    tail_r, tail_q = routes[r, f + la : sizes[r] + 2].copy(), routes[q, g + lb : sizes[q] + 2].copy()
    for row, at, segment, tail in ((r, f, b, tail_r), (q, g, a, tail_q)):
        count = segment.shape[0]
        if count:
            left, right, one, two = routes[row, at - 1], tail[0], segment[0], segment[-1]
            if matrix[left, two] + matrix[one, right] < matrix[left, one] + matrix[two, right]:
                segment = segment[::-1].copy()
        routes[row, at : at + count] = segment
        routes[row, at + count : at + count + tail.shape[0]] = tail
        sizes[row] = at + count + tail.shape[0] - 2


@inner
def _improve_route(routes, sizes, r, spot, matrix, near, least):
    """Improve one route as a tour; returns the gain."""
    tour = routes[r, : sizes[r] + 1].copy()
    for k in range(tour.shape[0]):
        spot[tour[k]] = k
    gain = improve_tour(tour, spot, matrix, near, True, least, tour.copy())
    depot = spot[0]
    for k in range(tour.shape[0]):
        routes[r, k] = tour[(depot + k) % tour.shape[0]]
        spot[tour[k]] = -1
    return gain


@inner
def improve_routes(routes, sizes, matrix, near, demands, capacity, least, start):
    """Improve routes in place until no move gains more than `least`, starting at some customers; returns the gain."""
    n = matrix.shape[0]
    route, place, until = np.full(n, -1, np.int64), np.zeros(n, np.int64), np.zeros(n)
    spot = np.full(n, -1, np.int64)
    queue, waiting = np.empty(n, np.int64), np.zeros(n, np.bool_)
    total = 0.0
    head, count = 0, 0
    for r in range(sizes.shape[0]):
        _refresh(routes, sizes, route, place, until, demands, r)
    stale = np.zeros(sizes.shape[0], np.bool_)
    for node in start:
        stale[route[node]] = True
    for r in range(sizes.shape[0]):
        if stale[r]:
            total += _improve_route(routes, sizes, r, spot, matrix, near, least)
            _refresh(routes, sizes, route, place, until, demands, r)
    for node in start:
        if not waiting[node]:
            waiting[node] = True
            queue[count] = node
            count += 1
    while count:
        node = queue[head]
        head, count = (head + 1) % n, count - 1
        waiting[node] = False
        gain, r, q = _exchange_at(routes, sizes, route, place, until, matrix, near, demands, capacity, least, node)
        if r < 0:
            continue
        total += gain
        for row in (r, q):
            total += _improve_route(routes, sizes, row, spot, matrix, near, least)
            _refresh(routes, sizes, route, place, until, demands, row)
            for other in routes[row, 1 : sizes[row] + 1]:
                if not waiting[other]:
                    waiting[other] = True
                    queue[(head + count) % n] = other
                    count += 1
    return total


@inner
def _insert(routes, sizes, matrix, demands, loads, capacity, node):
    """Insert a customer where it lengthens the routes least; returns the increase, or inf if it fits nowhere."""
    best, row, at = np.inf, -1, 0
    opened = False
    for r in range(sizes.shape[0]):
        if (sizes[r] == 0 and opened) or loads[r] + demands[node] > capacity:
            continue
        opened |= sizes[r] == 0
        for k in range(1, sizes[r] + 2):
            x, y = routes[r, k - 1], routes[r, k]
            added = matrix[x, node] + matrix[node, y] - matrix[x, y]
            if added < best:
                best, row, at = added, r, k
    if row >= 0:
        for k in range(sizes[row] + 1, at - 1, -1):
            routes[row, k + 1] = routes[row, k]
        routes[row, at] = node
        sizes[row] += 1
        loads[row] += demands[node]
    return best


@inner
def _length(routes, sizes, matrix):
    total = 0.0
    for r in range(sizes.shape[0]):
        for k in range(sizes[r] + 1):
            total += matrix[routes[r, k], routes[r, k + 1]]
    return total


def search_routes(routes, sizes, matrix, near, demands, capacity, least, rng, iterations):
    """Improve routes in place, then again after each of `iterations` perturbations; keep routes if they are no worse.

    A perturbation removes a customer and some of its nearest from their routes and reinserts them in random order.
    """
    n = matrix.shape[0]
    improve_routes(routes, sizes, matrix, near, demands, capacity, least, np.arange(1, n))
    if n < 3:
        return
    kept, kept_sizes = routes.copy(), sizes.copy()
    gone, loads = np.zeros(n, np.bool_), np.empty(sizes.shape[0])
    for _ in range(iterations):
        seed, wanted = 1 + randint(rng, n - 1), 1 + randint(rng, min(RUINED, n - 1))
        ruined = np.empty(wanted, np.int64)
        ruined[0], count = seed, 1
        for node in near[seed]:
            if node and count < wanted:
                ruined[count] = node
                count += 1
        ruined = ruined[:count]
        gone[:] = False
        gone[ruined] = True
        for r in range(sizes.shape[0]):
            size, loads[r] = 0, 0.0
            for k in range(1, sizes[r] + 1):
                node = routes[r, k]
                if not gone[node]:
                    size += 1
                    routes[r, size] = node
                    loads[r] += demands[node]
            sizes[r] = size
            routes[r, size + 1] = 0
        change = _length(routes, sizes, matrix) - _length(kept, kept_sizes, matrix)
        for k in range(count - 1, -1, -1):
            other = randint(rng, k + 1)
            node = ruined[other]
            ruined[other] = ruined[k]
            ruined[k] = node
            change += _insert(routes, sizes, matrix, demands, loads, capacity, node)
        if change < np.inf:
            change -= improve_routes(routes, sizes, matrix, near, demands, capacity, least, ruined)
        if change <= 0:
            kept[:], kept_sizes[:] = routes, sizes
        else:
            routes[:], sizes[:] = kept, kept_sizes


search_routes = compiled(search_routes)


# --- trips ------------------------------------------------------------------------------------------------------------
# The first `size` entries of `trip` are node 0 and the nodes after it; `place` is -1 for nodes not on the trip.


def insert_prizes(trip, size, place, matrix, prizes, limit, rng, noise):
    """Insert the node with the greatest prize per added length that fits, until none fits; returns the new size.

    `noise` in [0, 1) multiplies each ratio by a random factor from 1 - noise to 1.
    """
    n = matrix.shape[0]
    length = 0.0
    for k in range(size):
        length += matrix[trip[k], trip[(k + 1) % size]]
    factors = np.ones(n)
    if noise:
        for node in range(n):
            factors[node] = 1 - noise * uniform(rng)
    while size < n:
        best, chosen, at, longer = 0.0, -1, 0, 0.0
        for node in range(1, n):
            if place[node] >= 0:
                continue
            least, where = np.inf, 0
            for k in range(size):
                x, y = trip[k], trip[(k + 1) % size]
                added = matrix[x, node] + matrix[node, y] - matrix[x, y]
                if added < least:
                    least, where = added, k + 1
            ratio = factors[node] * prizes[node] / max(least, 1e-12)
            if length + least <= limit and ratio > best:
                best, chosen, at, longer = ratio, node, where, least
        if chosen < 0:
            break
        for k in range(size, at, -1):
            trip[k] = trip[k - 1]
            place[trip[k]] = k
        trip[at], place[chosen] = chosen, at
        size += 1
        length += longer
    return size


insert_prizes = compiled(insert_prizes)


def search_trip(trip, size, matrix, prizes, limit, near, least, rng, iterations):
    """Shorten and extend a trip in place, then `iterations` times again after removing a stretch; returns the size.

    The gap is refilled using noisy ratios. A trip is better if it has more prize, or is shorter at equal prize.
    Perturbations continue from a trip that may be a little worse than the best, by ever less.
    """
    n = matrix.shape[0]
    place = np.full(n, -1, np.int64)
    kept, kept_size = trip.copy(), size
    best, best_size, most, shortest = trip.copy(), size, -1.0, np.inf
    for iteration in range(iterations + 1):
        if iteration and size > 1:
            first = 1 + randint(rng, size - 1)
            behind = min(size, first + 1 + randint(rng, size - 1))
            for k in range(behind, size):
                trip[k - behind + first] = trip[k]
            size -= behind - first
        place[:] = -1
        place[trip[:size]] = np.arange(size)
        if iteration:
            size = insert_prizes(trip, size, place, matrix, prizes, limit, rng, NOISE)
        while True:
            improve_tour(trip[:size], place, matrix, near, True, least, trip[:size].copy())
            before = size
            size = insert_prizes(trip, size, place, matrix, prizes, limit, rng, 0.0)
            if size == before:
                break
        trip[:size] = np.roll(trip[:size], -place[0])
        prize, length = 0.0, 0.0
        for k in range(size):
            prize += prizes[trip[k]]
            length += matrix[trip[k], trip[(k + 1) % size]]
        if prize > most + least or (prize > most - least and length < shortest):
            best[:], best_size, most, shortest = trip, size, prize, length
        if prize >= most * (1 - LENIENCE * (1 - iteration / (iterations + 1))):
            kept[:], kept_size = trip, size
        else:
            trip[:], size = kept, kept_size
    trip[:] = best
    return best_size


search_trip = compiled(search_trip)
