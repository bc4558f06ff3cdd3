graph = {"a": {"b": 7, "c": 9, "f": 14}, "b": {"a": 7, "c": 10, "d": 15}, "c": {"a": 9, "b": 10, "d": 11, "f": 2}, "d": {"b": 15, "c": 11, "e": 6}, "e": {"d": 6, "f": 9}, "f": {"a": 14, "c": 2, "e": 9}}
def dijkstra(start):
    dist = {start: 0}
    todo = [(0, start)]
    while todo:
        todo.sort()
        d, n = todo.pop(0)
        if d > dist[n]:
            continue
        for m, w in graph[n].items():
            if d + w < dist.get(m, 10 ** 9):
                dist[m] = d + w
                todo.append((d + w, m))
    return dist
print(sorted(dijkstra("a").items()))
def bfs(start, goal):
    seen, queue = {start: None}, [start]
    for n in queue:
        if n == goal:
            path = []
            while n is not None:
                path.append(n)
                n = seen[n]
            return path[::-1]
        for m in sorted(graph[n]):
            if m not in seen:
                seen[m] = n
                queue.append(m)
print(bfs("a", "e"))
def topo(deps):
    out, seen = [], set()
    def visit(n):
        if n in seen:
            return
        seen.add(n)
        for m in deps.get(n, ()):
            visit(m)
        out.append(n)
    for n in sorted(deps):
        visit(n)
    return out
print(topo({"shoes": ["socks", "pants"], "pants": ["belt"], "coat": ["shirt"], "shirt": []}))
