"""Small BPMN files for tests: single elements, and one lawful procedure to spoil."""

from __future__ import annotations

import itertools

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def definitions(*parts: str) -> bytes:
    inner = "\n".join(part for part in parts if part)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{BPMN}" '
        f'xmlns:mc="urn:motcua:bpmn:1" id="tep" targetNamespace="urn:thu">\n{inner}\n</definitions>'
    ).encode()


def process(*parts: str, process_id: str = "quy_trinh", name: str = "Quy trình") -> str:
    inner = "\n".join(part for part in parts if part)
    return f'<process id="{process_id}" name="{name}" isExecutable="true">\n{inner}\n</process>'


def bare(*parts: str) -> bytes:
    """A lone diagram without a procedure's head."""
    return definitions(process(*parts))


def extension(*parts: str) -> str:
    inner = "".join(part for part in parts if part)
    return f"<extensionElements>{inner}</extensionElements>" if inner else ""


def head(**changes: str) -> str:
    values = {
        "code": "2.000908",
        "name": "Cấp bản sao từ sổ gốc",
        "field": "Chứng thực",
        "level": "xa",
        "total": "8wd",
        "basis": "NĐ 280/2025/NĐ-CP",
        "regime": "ND118_309",
        "decision": "663/QĐ-TTPVHCC",
    } | changes
    written = " ".join(f'{key}="{value}"' for key, value in values.items() if value)
    return f"<mc:procedure {written}/>"


def named_limit(name: str, amount: str = "2wd", relation: str = "before-due") -> str:
    given = f' amount="{amount}"' if amount else ""
    return f'<mc:namedLimit name="{name}"{given} relation="{relation}"/>'


def rule(kind: str, role: str = "", limit: str = "", **more: str) -> str:
    values = {"kind": kind, "role": role, "limit": limit} | more
    written = " ".join(f'{key}="{value}"' for key, value in values.items() if value)
    return f"<mc:step {written}/>"


def node(tag: str, node_id: str, *inner: str, name: str = "", **attributes: str) -> str:
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    shown = f' name="{name}"' if name else ""
    return f'<{tag} id="{node_id}"{shown}{written}>{"".join(inner)}</{tag}>'


def step(
    node_id: str, name: str, kind: str, role: str, limit: str, *inner: str, **more: str
) -> str:
    own = extension(rule(kind, role, limit, **more))
    return node("userTask", node_id, own, *inner, name=name)


def start(node_id: str = "bat_dau", *inner: str, **attributes: str) -> str:
    return node("startEvent", node_id, *inner, **attributes)


def end(node_id: str = "ket_thuc", *inner: str, name: str = "") -> str:
    return node("endEvent", node_id, *inner, name=name)


def task(node_id: str, name: str = "Xem hồ sơ") -> str:
    return node("userTask", node_id, name=name)


def gateway(node_id: str, tag: str = "exclusiveGateway", **attributes: str) -> str:
    return node(tag, node_id, **attributes)


def flow(source: str, target: str, condition: str = "", flow_id: str = "") -> str:
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    made = flow_id or f"f_{source}_{target}"
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<sequenceFlow id="{made}" {ends}>{inner}</sequenceFlow>'


def chain(*node_ids: str) -> str:
    return "\n".join(flow(a, b) for a, b in itertools.pairwise(node_ids))


def timer(text: str) -> str:
    return f"<timerEventDefinition><timeDuration>{text}</timeDuration></timerEventDefinition>"


def message(ref: str) -> str:
    return f'<messageEventDefinition messageRef="{ref}"/>'


def lane(lane_id: str, name: str, *node_ids: str, role: str = "") -> str:
    own = extension(f'<mc:lane role="{role}"/>') if role else ""
    listed = "".join(f"<flowNodeRef>{node_id}</flowNodeRef>" for node_id in node_ids)
    return f'<lane id="{lane_id}" name="{name}">{own}{listed}</lane>'


MESSAGES = '<message id="m_bo_sung" name="bo_sung"/><message id="m_tu_choi" name="tu_choi"/>'
HOLD = '<mc:hold kind="supplement" policy="regime" ground="NĐ 118/2025 Điều 17"/>'


def lawful_parts() -> dict[str, str]:
    """A lawful procedure in parts by id; a test spoils one part and assembles the rest."""
    return {
        "before": MESSAGES,
        "head": head(),
        "limits": named_limit("quyet_dinh_xin_loi"),
        "lanes": "<laneSet id='cac_lan'>"
        + lane(
            "lan_mot_cua",
            "Bộ phận Một cửa",
            *("bat_dau", "tiep_nhan", "yeu_cau_bo_sung", "cho_bo_sung", "tra_ket_qua"),
            *("ket_thuc", "tu_choi", "ket_thuc_tu_choi"),
            role="mot_cua",
        )
        + lane("lan_chuyen_vien", "Chuyên viên", "tham_dinh", "ket_luan", role="chuyen_vien")
        + lane("lan_lanh_dao", "Lãnh đạo", "ky", "xin_loi_tre_han", role="lanh_dao")
        + "</laneSet>",
        "bat_dau": start(),
        "tiep_nhan": step("tiep_nhan", "Tiếp nhận hồ sơ", "receive", "mot_cua", "4wh"),
        "tham_dinh": step("tham_dinh", "Thẩm định hồ sơ", "examine", "chuyen_vien", "5wd"),
        "ket_luan": gateway("ket_luan", default="f_ket_luan_ky"),
        "yeu_cau_bo_sung": step(
            "yeu_cau_bo_sung", "Yêu cầu bổ sung", "supplement", "mot_cua", "4wh", generated="true"
        ),
        "cho_bo_sung": node(
            "intermediateCatchEvent", "cho_bo_sung", extension(HOLD), message("m_bo_sung")
        ),
        "ky": step("ky", "Ký kết quả", "sign", "lanh_dao", "2wd"),
        "tu_choi": step("tu_choi", "Gửi thông báo từ chối", "refuse", "mot_cua", "4wh"),
        "ket_thuc_tu_choi": end("ket_thuc_tu_choi", name="Từ chối"),
        "tra_ket_qua": step("tra_ket_qua", "Trả kết quả", "return", "mot_cua", "4wh"),
        "ket_thuc": end("ket_thuc", name="Đã trả kết quả"),
        "xin_loi_tre_han": node(
            "subProcess",
            "xin_loi_tre_han",
            start("sap_tre", timer("quyet_dinh_xin_loi"), isInterrupting="false"),
            step("xin_loi", "Ký thư xin lỗi", "apologise", "lanh_dao", "4wh", generated="true"),
            end("da_xin_loi"),
            chain("sap_tre", "xin_loi", "da_xin_loi"),
            name="Xin lỗi khi sắp trễ hạn",
            triggeredByEvent="true",
        ),
        "flows": chain("bat_dau", "tiep_nhan", "tham_dinh", "ket_luan"),
        "f_ky": chain("ket_luan", "ky", "tra_ket_qua", "ket_thuc"),
        "f_bo_sung": flow("ket_luan", "yeu_cau_bo_sung", "ket_luan == 'bo_sung'")
        + chain("yeu_cau_bo_sung", "cho_bo_sung", "tham_dinh"),
        "f_tu_choi": flow("ket_luan", "tu_choi", "ket_luan == 'tu_choi'")
        + chain("tu_choi", "ket_thuc_tu_choi"),
        "after": "",
        "beside": "",
    }


def assembled(parts: dict[str, str]) -> bytes:
    inside = [
        text
        for key, text in parts.items()
        if key not in {"before", "head", "limits", "beside", "lanes"}
    ]
    own = extension(parts["head"], parts["limits"])
    return definitions(parts["before"], parts["beside"], process(own, parts["lanes"], *inside))


def lawful(**changes: str) -> bytes:
    """The lawful procedure with some parts replaced; an empty text takes a part away."""
    return assembled(lawful_parts() | changes)
