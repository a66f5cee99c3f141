"""The loops over rows of an environment and a policy, written once; `fused` binds them, as envs.core binds `batch`."""

# ruff: noqa: F821  (step, observe, legal, step_params, act, update, best_loss and prange are bound later)
# mypy: disable-error-code=name-defined


def play_rows(state, params, policy, settings, points, shown, mask, loss, best, reward):
    for i in prange(state.shape[0]):
        given = step_params(params)
        row, own = state[i], policy[i]
        lost, least, received = 0.0, 0.0, 0.0
        for k in range(points.shape[0]):
            while row.t < points[k]:
                action = act(own, settings, shown[i], mask[i])
                row.t += 1
                r, _ = step(row, given, action)
                observe(row, given, shown[i])
                legal(row, given, mask[i])
                update(own, settings, action, r, shown[i])
                lost += row.oracle_loss
                least += best_loss(row)
                received += r
            loss[i, k] = lost
            best[i, k] = least
            reward[i, k] = received
        row.over = row.t >= params.max_steps


def act_rows(policy, settings, shown, mask, actions):
    for i in range(policy.shape[0]):
        actions[i] = act(policy[i], settings, shown[i], mask[i])


def update_rows(policy, settings, actions, rewards, shown):
    for i in range(policy.shape[0]):
        update(policy[i], settings, actions[i], rewards[i], shown[i])
