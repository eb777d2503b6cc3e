"""The order in which cost flows from pool to pool: a graph without cycles, or the path of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from warehouse.attribution.pools.model import Pool


def flows(pools: Iterable[Pool]) -> dict[str, list[str]]:
    """Pool -> the pools that take shares it may give, in the order of the text.

    A pool that names no targets gives to teams that no pool takes from, so it feeds those it includes only; specials
    give to every team.
    """
    known = list(pools)
    return {
        pool.id: [
            other.id
            for other in known
            if other.id == pool.rest or (other.id != pool.id and not other.special and _feeds(pool, set(other.teams)))
        ]
        for pool in known
    }


def _feeds(pool: Pool, teams: set[str]) -> bool:
    return bool(teams) if pool.special and pool.method == "proportional" else bool(teams & set(pool.named()))


def in_order(pools: Sequence[Pool]) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """(ids in the order of flow, None) or (what could be ordered, the path of a cycle, its first id again at the end).

    Among those that could come next, the first id does: the order of the text does not matter.
    """
    edges = flows(pools)
    waiting = {pool.id: 0 for pool in pools}
    special = {pool.id: not pool.special for pool in pools}
    for targets in edges.values():
        for target in targets:
            waiting[target] += 1
    found: list[str] = []
    ready = [name for name, count in waiting.items() if not count]
    while ready:
        ready.sort(key=lambda name: (special[name], name))
        name = ready.pop(0)
        found.append(name)
        for target in edges[name]:
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    if len(found) == len(pools):
        return tuple(found), None
    return tuple(found), _cycle({name: edges[name] for name in sorted(set(waiting) - set(found))})


def _cycle(edges: dict[str, list[str]]) -> tuple[str, ...]:
    """Every one of them is fed by another: walking back comes around."""
    path = [next(iter(edges))]
    while True:
        before = next(name for name in edges if path[-1] in edges[name])
        if before in path:
            return (before, *reversed(path[path.index(before) :]))
        path.append(before)
