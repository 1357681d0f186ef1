"""The kinds of broken references a diagram's reader may find."""

from __future__ import annotations

from typing import Final

from engine.catalog.finding import Blocks, Code, Severity

NOT_BPMN: Final = Code(
    "not-bpmn",
    Severity.ERROR,
    "Tệp XML không phải BPMN 2.0.",
    "The XML file is not BPMN 2.0.",
    blocks=Blocks.RUN,
    hint="Xuất tệp ở định dạng BPMN 2.0 (phần tử gốc definitions).",
)
NO_PROCESS: Final = Code(
    "process-missing",
    Severity.ERROR,
    "Tệp không có quy trình nào.",
    "The file holds no process.",
    blocks=Blocks.RUN,
    hint="Vẽ ít nhất một quy trình (process).",
)
ID_DUPLICATE: Final = Code(
    "id-duplicate",
    Severity.ERROR,
    "Hai phần tử có cùng mã; chỉ phần tử đầu được đọc.",
    "Two elements share an id; only the first is read.",
    blocks=Blocks.RUN,
    hint="Đặt mã riêng cho từng phần tử.",
)
ID_MISSING: Final = Code(
    "id-missing",
    Severity.ERROR,
    "Phần tử không có mã (id), nên không thể nối hay gọi tên.",
    "An element has no id, so nothing can join or name it.",
    blocks=Blocks.RUN,
    hint="Đặt mã cho phần tử.",
)
FLOW_REFERENCE: Final = Code(
    "flow-reference-missing",
    Severity.ERROR,
    "Luồng tuần tự nối tới phần tử không có trong quy trình.",
    "A sequence flow joins an element that is not in its process.",
    blocks=Blocks.RUN,
    hint="Nối lại hoặc xóa luồng.",
)
FLOW_CROSSES: Final = Code(
    "flow-crosses-border",
    Severity.ERROR,
    "Luồng tuần tự đi xuyên biên giới quy trình con.",
    "A sequence flow crosses the border of a subprocess.",
    blocks=Blocks.RUN,
    hint="Nối với chính quy trình con, không nối với phần tử bên trong nó.",
)
DEFAULT_REFERENCE: Final = Code(
    "default-reference-missing",
    Severity.ERROR,
    "Luồng mặc định không phải luồng ra của phần tử.",
    "The default flow is not an outgoing flow of its element.",
    blocks=Blocks.RUN,
    hint="Chọn lại luồng mặc định trong các luồng ra.",
)
HOST_REFERENCE: Final = Code(
    "boundary-host-missing",
    Severity.ERROR,
    "Sự kiện biên không gắn với hoạt động nào.",
    "A boundary event is not attached to an activity.",
    blocks=Blocks.RUN,
    hint="Gắn sự kiện biên vào một bước.",
)
EVENT_REFERENCE: Final = Code(
    "event-reference-missing",
    Severity.ERROR,
    "Sự kiện dẫn tới thông điệp, tín hiệu, lỗi hay định nghĩa không có trong tệp.",
    "An event names a message, signal, error or definition that is not in the file.",
    blocks=Blocks.RUN,
    hint="Khai báo đối tượng đó hoặc chọn đối tượng khác.",
)
LANE_REFERENCE: Final = Code(
    "lane-reference-missing",
    Severity.WARNING,
    "Làn liệt kê phần tử không có trong quy trình.",
    "A lane lists an element that is not in its process.",
    hint="Lưu lại sơ đồ bằng công cụ vẽ để làn được cập nhật.",
)
LANE_TWICE: Final = Code(
    "lane-ambiguous",
    Severity.WARNING,
    "Phần tử nằm trong hai làn cùng cấp; làn đầu được dùng.",
    "An element lies in two lanes of one level; the first is used.",
    hint="Để phần tử trong một làn.",
)
PARTICIPANT_REFERENCE: Final = Code(
    "participant-reference-missing",
    Severity.WARNING,
    "Bể dẫn tới quy trình không có trong tệp.",
    "A pool names a process that is not in the file.",
    hint="Chọn lại quy trình của bể.",
)
MESSAGE_FLOW_REFERENCE: Final = Code(
    "message-flow-reference-missing",
    Severity.WARNING,
    "Luồng thông điệp nối tới phần tử không có trong tệp.",
    "A message flow joins an element that is not in the file.",
    hint="Nối lại hoặc xóa luồng thông điệp.",
)

DATA_MAPPING: Final = Code(
    "data-mapping",
    Severity.ERROR,
    "Ánh xạ dữ liệu có phép gán hoặc biến đổi, máy không thực hiện.",
    "A data association has an assignment or transformation, which would not be carried out.",
    blocks=Blocks.RUN,
    hint="Bỏ phép gán; các bước dùng chung dữ liệu của hồ sơ.",
)

CODES: Final = (
    NOT_BPMN,
    NO_PROCESS,
    ID_DUPLICATE,
    ID_MISSING,
    FLOW_REFERENCE,
    FLOW_CROSSES,
    DEFAULT_REFERENCE,
    HOST_REFERENCE,
    EVENT_REFERENCE,
    LANE_REFERENCE,
    LANE_TWICE,
    PARTICIPANT_REFERENCE,
    MESSAGE_FLOW_REFERENCE,
    DATA_MAPPING,
)
