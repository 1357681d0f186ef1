"""Draws a plan: one column a shape from left to right, one row a lane, nothing over another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from engine.catalog.table.geometry import Box, Drawing, Line, Point, label_size
from engine.catalog.table.plan import Place

if TYPE_CHECKING:
    from engine.catalog.table.plan import Link, Plan, Shape

POOL_X: Final = 160
POOL_Y: Final = 80
TITLE: Final = 30
"""Width of the strip with a pool's or lane's name."""
TASK: Final = (120, 80)
EVENT: Final = 36
GATEWAY: Final = 50
GAP: Final = 56
"""Between two columns; upright lines run in its middle."""
MARGIN: Final = 40
"""Between the shapes of a row and the border of its lane; labels of events stand there."""
LABEL_COLUMN: Final = 104
BAND_GAP: Final = 24
INNER_GAP: Final = 44
EVENTS_GAP: Final = 84
"""Between two events in a row inside a subprocess: both have names beneath."""
INNER_PAD: Final = 30
INNER_TOP: Final = 36
"""Room for the name of a subprocess."""
LOWEST_LANE: Final = 170
LANE_LETTER: Final = 7
"""Height of a letter of a lane's name, which is written upwards."""


def draw(plan: Plan) -> Drawing:
    """Bounds of all shapes, labels, lanes and flows of a plan."""
    return _Draughtsman(plan).draw()


class _Draughtsman:
    """Works out one drawing: columns first, then lanes, then lines."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.drawing = Drawing()
        self.main = [shape for shape in plan.shapes if shape.place is Place.MAIN]
        self.bands = [shape for shape in plan.shapes if shape.place is Place.BAND]
        self.row = {lane.id: at for at, lane in enumerate(plan.lanes)}
        self.size = {shape.id: self._size(shape) for shape in plan.shapes}
        self.middle: dict[str, int] = {}
        self.gap_after: dict[str, int] = {}
        self.band_taken: dict[str, list[tuple[int, int]]] = {}

    def draw(self) -> Drawing:
        right = self._columns()
        band_x = {shape.id: self._band_slot(shape) for shape in self.bands}
        for shape in self.bands:
            right = max(right, band_x[shape.id] + self.size[shape.id][0])
        self._lanes(right + MARGIN, band_x)
        for shape in self.plan.shapes:
            if shape.tag == "subProcess":
                self._inside(shape)
        for shape in self.plan.shapes:
            self._label(shape)
        for link in self.plan.links:
            self.drawing.lines[link.id] = self._line(link)
        return self.drawing

    def _size(self, shape: Shape) -> tuple[int, int]:
        if shape.tag.endswith("Event"):
            return EVENT, EVENT
        if shape.tag.endswith("Gateway"):
            return GATEWAY, GATEWAY
        if shape.tag != "subProcess":
            return TASK
        columns = self._inner_columns(shape)
        wide = sum(max(self._size(each)[0] for each in column) for column in columns)
        tall = max(
            sum(self._size(each)[1] for each in column) + BAND_GAP * (len(column) - 1)
            for column in columns
        )
        gaps = sum(_inner_gap(left, right) for left, right in pairwise(columns))
        width = wide + gaps + 2 * INNER_PAD
        return width, INNER_TOP + max(tall, TASK[1]) + INNER_PAD

    def _inner_columns(self, block: Shape) -> list[list[Shape]]:
        """The shapes of a subprocess by their distance from its start."""
        inside = list(self.plan.inside(block.id))
        depth = {shape.id: 0 for shape in inside}
        for _ in inside:
            for link in self.plan.links:
                if link.source in depth and link.target in depth:
                    depth[link.target] = max(depth[link.target], depth[link.source] + 1)
        return [
            [shape for shape in inside if depth[shape.id] == at]
            for at in range(max(depth.values(), default=0) + 1)
        ]

    def _columns(self) -> int:
        """Give every shape of the way its column; gives the right end."""
        at = POOL_X + 2 * TITLE + MARGIN
        hosts = {shape.host for shape in self.plan.shapes if shape.host}
        over = {shape.over for shape in self.plan.shapes if shape.over}
        for shape in self.main:
            wide = max(self.size[shape.id][0], LABEL_COLUMN)
            if shape.id in hosts or shape.id in over:
                wide = max(wide, TASK[0] + LABEL_COLUMN // 2)
            self.middle[shape.id] = at + wide // 2
            self.gap_after[shape.id] = at + wide + GAP // 2
            at += wide + GAP
        for shape in self.plan.shapes:
            if shape.over:
                self.middle[shape.id] = self.middle[shape.over]
        return at - GAP

    def _uprights(self) -> list[tuple[int, int, int]]:
        """The upright lines between lanes: x, upper and lower row."""
        found: list[tuple[int, int, int]] = []
        for before, after in pairwise(self.main):
            rows = sorted((self.row[before.lane], self.row[after.lane]))
            found.append((self.gap_after[before.id], rows[0], rows[1]))
        for shape in self.plan.shapes:
            if shape.over:
                under = self.plan.shape(shape.over)
                rows = sorted((self.row[shape.lane], self.row[under.lane]))
                found.append((self.middle[shape.id], rows[0], rows[1]))
        return found

    def _band_slot(self, band: Shape) -> int:
        """The leftmost x where a band's subprocess crosses no upright line and no other band."""
        width = self.size[band.id][0]
        row = self.row[band.lane]
        taken = self.band_taken.setdefault(band.lane, [])
        blocked = list(taken)
        if row > 0:  # the first lane has its band at the top, where no line runs
            blocked += [
                (x - BAND_GAP, x + BAND_GAP)
                for x, upper, lower in self._uprights()
                if upper <= row < lower
            ]
        x = POOL_X + 2 * TITLE + BAND_GAP
        for begin, end in sorted(blocked):
            if x + width > begin and x < end:
                x = end
        taken.append((x - BAND_GAP, x + width + BAND_GAP))
        return x

    def _lanes(self, right: int, band_x: dict[str, int]) -> None:
        y = POOL_Y
        width = right - POOL_X
        for lane in self.plan.lanes:
            bands = [shape for shape in self.bands if shape.lane == lane.id]
            band = max((self.size[each.id][1] for each in bands), default=-BAND_GAP) + BAND_GAP
            in_row = [each for each in self.main if each.lane == lane.id]
            over = [s for s in self.plan.shapes if s.over and s.lane == lane.id]
            # Where the one-stop examines itself, the way back needs a row of its own above.
            above = TASK[1] + MARGIN if self._needs_row_above(over, lane.id) else 0
            tall = max((self.size[each.id][1] for each in [*in_row, *over]), default=0)
            first = self.row[lane.id] == 0
            lowest = max(LOWEST_LANE, len(lane.name) * LANE_LETTER)
            content = 2 * MARGIN + max(tall, TASK[1]) + above + (band if bands else 0)
            spare = max(0, lowest - content) // 2
            top = y + MARGIN + (band if first else 0) + above + spare
            middle = top + max(tall, TASK[1]) // 2
            bottom = top + max(tall, TASK[1]) + MARGIN
            if not in_row and not over:
                bottom, middle = y + BAND_GAP, y + BAND_GAP
            for shape in in_row:
                self._put(shape, Point(self.middle[shape.id], middle))
            for shape in over:
                height = top - MARGIN - TASK[1] // 2 if above else middle
                self._put(shape, Point(self.middle[shape.id], height))
            for shape in bands:
                at = y + BAND_GAP if first else bottom
                self.drawing.shapes[shape.id] = Box(band_x[shape.id], at, *self.size[shape.id])
            if not first:
                bottom += band if bands else 0
            tall_lane = max(bottom + spare - y, lowest)
            self.drawing.lanes[lane.id] = Box(POOL_X + TITLE, y, width - TITLE, tall_lane)
            y += tall_lane
        self.drawing.pool = Box(POOL_X, POOL_Y, width, y - POOL_Y)
        for shape in self.plan.shapes:
            if shape.host:
                host = self.drawing.shapes[shape.host]
                self._put(shape, Point(host.right - EVENT, host.bottom))

    def _needs_row_above(self, over: list[Shape], lane: str) -> bool:
        return any(self.plan.shape(shape.over or "").lane == lane for shape in over)

    def _put(self, shape: Shape, centre: Point) -> None:
        self.drawing.shapes[shape.id] = Box.around(centre, *self.size[shape.id])

    def _inside(self, block: Shape) -> None:
        box = self.drawing.shapes[block.id]
        x = box.x + INNER_PAD
        middle = box.y + INNER_TOP + (box.height - INNER_TOP - INNER_PAD) // 2
        columns = self._inner_columns(block)
        for column, after in zip(columns, [*columns[1:], []], strict=True):
            wide = max(self.size[each.id][0] for each in column)
            tall = sum(self.size[each.id][1] for each in column) + BAND_GAP * (len(column) - 1)
            y = middle - tall // 2
            for shape in column:
                height = self.size[shape.id][1]
                self._put(shape, Point(x + wide // 2, y + height // 2))
                y += height + BAND_GAP
            x += wide + _inner_gap(column, after)

    def _label(self, shape: Shape) -> None:
        """Events and gateways carry their names beneath them, border events to their left."""
        if not shape.name or shape.tag in {"userTask", "subProcess"}:
            return
        box = self.drawing.shapes[shape.id]
        width, height = label_size(shape.name)
        if shape.host:
            self.drawing.labels[shape.id] = Box(box.x - width - 4, box.centre.y + 4, width, height)
        else:
            # Over the one-stop's waiting event, because the way back leaves it downwards.
            y = box.y - height - 4 if shape.place is Place.ABOVE else box.bottom + 4
            self.drawing.labels[shape.id] = Box(box.centre.x - width // 2, y, width, height)

    def _line(self, link: Link) -> Line:
        source, target = self.plan.shape(link.source), self.plan.shape(link.target)
        a, b = self.drawing.shapes[source.id], self.drawing.shapes[target.id]
        if source.host:
            return Line(_under(a, b))
        if source.place is Place.ABOVE and target.place is Place.ABOVE:
            return Line((Point(a.x, a.centre.y), Point(b.right, b.centre.y)))
        if target.place is Place.ABOVE or source.place is Place.ABOVE:
            return self._upright(link, a, b)
        if source.parent is not None:
            return Line(_fanned(a, b, source.tag.endswith("Gateway")))
        points = _stepped(a, b, self.gap_after[source.id])
        label = None
        if link.name:
            width, height = label_size(link.name)
            label = Box(a.right + 6, a.centre.y - height - 4, width, height)
        return Line(points, label)

    @staticmethod
    def _upright(link: Link, a: Box, b: Box) -> Line:
        if a.y > b.y:
            points = (Point(a.centre.x, a.y), Point(a.centre.x, b.bottom))
        else:
            points = (Point(a.centre.x, a.bottom), Point(a.centre.x, b.y))
        label = None
        if link.name:
            width, height = label_size(link.name)
            label = Box(a.centre.x + 8, a.y - height - 8, width, height)
        return Line(points, label)


def _inner_gap(left: list[Shape], right: list[Shape]) -> int:
    named = all(each.name and each.tag.endswith("Event") for each in [*left, *right])
    return EVENTS_GAP if named else INNER_GAP


def _stepped(a: Box, b: Box, turn: int) -> tuple[Point, ...]:
    """From the right of one to the left of the other, up or down in the gap after the first."""
    start, end = Point(a.right, a.centre.y), Point(b.x, b.centre.y)
    if start.y == end.y:
        return start, end
    return start, Point(turn, start.y), Point(turn, end.y), end


def _under(a: Box, b: Box) -> tuple[Point, ...]:
    """From the bottom of a border event, below everything, up into the bottom of the other."""
    low = a.bottom + 16
    return (
        Point(a.centre.x, a.bottom),
        Point(a.centre.x, low),
        Point(b.centre.x, low),
        Point(b.centre.x, b.bottom),
    )


def _fanned(a: Box, b: Box, forks: bool) -> tuple[Point, ...]:
    """Inside a subprocess: gateways send and gather their branches at their upper and lower tip."""
    if a.centre.y == b.centre.y:
        return Point(a.right, a.centre.y), Point(b.x, b.centre.y)
    if forks:
        tip = a.bottom if b.centre.y > a.centre.y else a.y
        return Point(a.centre.x, tip), Point(a.centre.x, b.centre.y), Point(b.x, b.centre.y)
    tip = b.bottom if a.centre.y > b.centre.y else b.y
    return Point(a.right, a.centre.y), Point(b.centre.x, a.centre.y), Point(b.centre.x, tip)
