"""The batch loops, written once. `compile.bind` binds them to a kernel, whose functions are their free names.

Parameters are passed as a tuple of scalars and arrays: Numba 0.68 cannot pass a bare record into a `prange` body.
`multi_agent` is a constant: whether a row has several agents, each with its own action, reward and end flags. Numba
removes the branch that it rules out. Functions instead of branches would halve the speed, because Numba counts a
reference for each array that is passed to one.
"""

# ruff: noqa: F821  (reset, step, observe, legal, limit, step_params, multi_agent and prange are the bound kernel's; begin_episode and tell are bound)
# mypy: disable-error-code=name-defined

NEXT_STEP, SAME_STEP, DISABLED = 0, 1, 2


def reset_rows(state, params, chosen):
    """Start a new episode in the chosen rows."""
    for i in prange(state.shape[0]):
        if chosen[i]:
            begin_episode(state[i])
            reset(state[i], params)


def observe_rows(state, params, out, mask, told):
    """Observe all rows without changing any."""
    for i in prange(state.shape[0]):
        given = step_params(params)  # in the loop: Numba 0.68 cannot take a second NamedTuple into it
        observe(state[i], given, out[i])
        legal(state[i], given, mask[i])
        tell(state[i], told[i])


def step_rows(state, params, action, mode, reward, terminated, truncated, begun, final):
    """Advance all rows by one action each, or by one action per agent.

    NEXT_STEP: a row whose episode ended in the previous call starts anew, and its action is ignored. SAME_STEP: a row
    whose episode ends now leaves its last state in `final` (empty in the other modes) and starts anew at once.
    DISABLED: the caller resets. `begun` marks the rows that started anew.

    With several agents, `terminated` marks every agent whose part has ended, in this step or earlier, and `truncated`
    marks the other agents when the episode is cut. The episode ends when every agent has one flag or the other.
    """
    for i in prange(state.shape[0]):
        row = state[i]
        begun[i] = row.over and mode == 0
        if begun[i]:
            reward[i] = 0.0
            terminated[i] = False
            truncated[i] = False
        else:
            given = step_params(params)  # in the loop: Numba 0.68 cannot take a second NamedTuple into it
            row.t += 1
            if multi_agent:
                reward[i] = 0.0
                step(row, given, action[i], reward[i])
            else:
                reward[i], terminated[i] = step(row, given, action[i])
            # The limit also truncates in the step that terminates, as in Gymnasium's TimeLimit.
            cut = row.t >= params.max_steps > 0 or row.t >= limit(row, given) > 0
            if multi_agent:
                row.over = True
                for k in range(row.done.shape[0]):
                    terminated[i, k] = row.done[k]
                    truncated[i, k] = cut and not row.done[k]
                    row.over &= cut or row.done[k]
            else:
                truncated[i] = cut
                row.over = terminated[i] or cut
            if row.over and mode == 1:
                begun[i] = True
                final[i] = row
        if begun[i]:
            begin_episode(row)
            reset(row, params)


def begin_episode(row):
    """Initialise the fields that `core` keeps in a row, at the start of an episode."""
    row.t = 0
    row.over = False
    if multi_agent:
        for k in range(row.done.shape[0]):
            row.done[k] = False
