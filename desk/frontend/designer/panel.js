// The "Một cửa" groups of the properties panel: exactly what the office's engine reads.
import { CheckboxEntry, isCheckboxEntryEdited, isSelectEntryEdited, isTextFieldEntryEdited, ListGroup, SelectEntry, TextAreaEntry, TextFieldEntry } from "@bpmn-io/properties-panel";
import { h } from "@bpmn-io/properties-panel/preact";
import { useService } from "bpmn-js-properties-panel";
import { getBusinessObject, is, isAny } from "bpmn-js/lib/util/ModelUtil";
import { extension, Extensions, extensions, homeOf, limitNames, limitParts, processOf } from "./model.js";

const HIDDEN_GROUPS = new Set(["timer"]); // a timer calls a limit by its name; no ISO durations

const UNITS = [["", "(chọn đơn vị)"], ["wd", "ngày làm việc"], ["wh", "giờ làm việc"], ["wm", "phút làm việc"], ["d", "ngày lịch"], ["mo", "tháng"], ["same-day", "trong ngày"]];
const STEP_UNITS = UNITS.filter(([unit]) => ["", "wd", "wh", "wm"].includes(unit));
const RELATIONS = [["after-arming", "tính từ khi bắt đầu chờ"], ["before-due", "trước hạn trả ban đầu"], ["apology-due", "hạn gửi thư xin lỗi"], ["due", "hạn trả kết quả"]];
const HOLD_KINDS = [["", "(không tạm dừng)"], ["supplement", "bổ sung hồ sơ"], ["payment", "nghĩa vụ tài chính"]];
const POLICIES = [["regime", "theo chế độ của ngày tiếp nhận"], ["RESTART", "tính lại từ đầu"], ["PAUSE_WD", "tạm dừng theo ngày làm việc"], ["PAUSE_CALENDAR", "tạm dừng theo ngày lịch"]];
const SIGNERS = [["", "(không có quy tắc)"], ["leader", "lãnh đạo ký"], ["not-preparer", "không phải người thụ lý"]];

const Text = ({ element, id, label, description, get, set, disabled }) =>
  h(TextFieldEntry, { element, id, label, description, disabled, getValue: () => get() ?? "", setValue: set, debounce: useService("debounceInput") });
const Lines = ({ element, id, label, description, get, set }) =>
  h(TextAreaEntry, { element, id, label, description, rows: 2, getValue: () => get() ?? "", setValue: set, debounce: useService("debounceInput") });
const Select = ({ element, id, label, description, get, set, options }) => {
  const value = get() ?? "";
  const known = options.map(([key, name]) => ({ value: key, label: name }));
  if (!known.some((each) => each.value === value)) known.push({ value, label: value }); // what a file says is shown, right or wrong
  return h(SelectEntry, { element, id, label, description, getValue: () => value, setValue: set, getOptions: () => known });
};
const Check = ({ element, id, label, get, set }) => h(CheckboxEntry, { element, id, label, getValue: get, setValue: set });

const text = (id, label, get, set, more) => ({ id, component: Text, isEdited: isTextFieldEntryEdited, label, get, set, ...more });
const lines = (id, label, get, set, more) => ({ id, component: Lines, isEdited: isTextFieldEntryEdited, label, get, set, ...more });
const select = (id, label, options, get, set, more) => ({ id, component: Select, isEdited: isSelectEntryEdited, label, options, get, set, ...more });
const check = (id, label, get, set) => ({ id, component: Check, isEdited: isCheckboxEntryEdited, label, get, set });

/** A limit as two entries, its amount and its unit; `set` is given the whole text. */
const limit = (id, label, units, get, set) => [
  text(`${id}-amount`, label, () => limitParts(get())[0], (amount) => {
    const unit = limitParts(get())[1] || "wh";
    set((amount ?? "").trim() ? `${amount.trim().replace(",", ".")}${unit === "same-day" ? "wd" : unit}` : "");
  }),
  select(`${id}-unit`, `${label}: đơn vị`, units, () => limitParts(get())[1], (unit) => {
    const [amount] = limitParts(get());
    set(unit === "same-day" ? unit : amount ? `${amount}${unit}` : unit ? `0${unit}` : "");
  }),
];

class OfficeGroups {
  constructor(propertiesPanel, injector, setup) {
    this.ext = injector.instantiate(Extensions);
    this.modeling = injector.get("modeling");
    this.factory = injector.get("bpmnFactory");
    this.setup = setup;
    propertiesPanel.registerProvider(400, this);
  }

  getGroups(element) {
    return (groups) => {
      const own = [];
      const owner = getBusinessObject(element);
      if (processOf(element)) own.push(...this.process(element, processOf(element)));
      if (is(owner, "bpmn:UserTask")) own.push(...this.step(element, owner));
      if (is(owner, "bpmn:Lane")) own.push(this.lane(element, owner));
      if (isAny(owner, ["bpmn:IntermediateCatchEvent", "bpmn:ReceiveTask"])) own.push(this.hold(element, owner));
      const timer = owner.get?.("eventDefinitions")?.find((each) => is(each, "bpmn:TimerEventDefinition"));
      if (timer) own.push(this.timer(element, timer));
      if (is(owner, "bpmn:SequenceFlow") && isAny(owner.sourceRef, ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway"])) own.push(this.condition(element, owner));
      return [...own.filter(Boolean), ...groups.filter((each) => !HIDDEN_GROUPS.has(each.id))];
    };
  }

  field(element, owner, type, alone) {
    const get = (name) => () => extension(owner, type)?.get(name);
    const set = (name) => (value) => this.ext.set(element, owner, type, { [name]: value }, alone);
    return { get, set };
  }

  process(element, process) {
    const { get } = this.field(element, process, "mc:Procedure");
    const set = (name) => (value) => {
      const more = extension(process, "mc:Procedure") ? {} : { code: this.setup.code };
      this.ext.set(element, process, "mc:Procedure", { ...more, [name]: value });
    };
    const total = (value) => {
      set("total")(value);
      // The printed words were those of the old limit; a table made of the diagram prints the new one.
      if (extension(process, "mc:Procedure")?.totalText) this.ext.set(element, process, "mc:Procedure", { totalText: "" });
    };
    return [
      {
        id: "mc-procedure",
        label: "Một cửa: thủ tục",
        shouldOpen: true,
        entries: [
          text("mc-code", "Mã thủ tục", get("code"), set("code"), { description: `Bản thảo này của thủ tục ${this.setup.code}` }),
          lines("mc-name", "Tên thủ tục", get("name"), set("name")),
          text("mc-field", "Lĩnh vực", get("field"), set("field")),
          text("mc-level", "Cấp", get("level"), set("level")),
          text("mc-agency", "Cơ quan giải quyết", get("agency"), set("agency")),
          ...limit("mc-total", "Tổng thời hạn", UNITS, get("total"), total),
          lines("mc-basis", "Căn cứ pháp lý", get("basis"), set("basis")),
          select("mc-regime", "Chế độ", this.setup.regimes.map((each) => [each, each]), get("regime"), set("regime")),
          text("mc-decision", "Số quyết định phê duyệt", get("decision"), set("decision")),
          check("mc-sample", "Bản mẫu, chỉ để huấn luyện", () => get("sample")() === "true", (value) => set("sample")(value ? "true" : "")),
        ],
      },
      {
        id: "mc-limits",
        label: "Một cửa: thời hạn có tên",
        component: ListGroup,
        add: (event) => {
          event.stopPropagation();
          const taken = limitNames(process);
          let number = taken.length + 1;
          while (taken.includes(`thoi_han_${number}`)) number += 1;
          this.ext.add(element, process, "mc:NamedLimit", { name: `thoi_han_${number}`, amount: "1wd", relation: "after-arming" });
        },
        items: extensions(process, "mc:NamedLimit").map((each, place) => {
          const put = (name) => (value) => this.modeling.updateModdleProperties(element, each, { [name]: value || undefined });
          return {
            id: `mc-limit-${place}`,
            label: each.name || "(chưa có tên)",
            remove: (event) => {
              event.stopPropagation();
              this.ext.remove(element, process, each);
            },
            entries: [
              text(`mc-limit-${place}-name`, "Tên", () => each.name, put("name")),
              select(`mc-limit-${place}-relation`, "Cách tính", RELATIONS, () => each.relation || "after-arming", put("relation")),
              ...limit(`mc-limit-${place}-amount`, "Thời gian", UNITS, () => each.amount, put("amount")),
            ],
          };
        }),
      },
      this.documents(element, process),
    ];
  }

  step(element, owner) {
    const { get, set } = this.field(element, owner, "mc:Step");
    const form = this.field(element, owner, "mc:Form", true);
    const signer = this.field(element, owner, "mc:Signer", true);
    const silence = this.field(element, owner, "mc:Silence", true);
    const names = limitNames(homeOf(element)).map((each) => [each, each]);
    return [
      {
        id: "mc-step",
        label: "Một cửa: bước",
        shouldOpen: true,
        entries: [
          select("mc-kind", "Loại bước", this.setup.kinds, get("kind"), (kind) => {
            set("kind")(kind);
            const usual = this.setup.formOfKind[kind];
            if (usual && !extension(owner, "mc:Form")) form.set("ref")(usual);
          }),
          select("mc-role", "Vai trò thực hiện", [["", "(chưa chọn)"], ...this.setup.roles], get("role"), set("role")),
          text("mc-unit", "Đơn vị, người thực hiện", get("unit"), set("unit")),
          ...limit("mc-limit", "Thời hạn", STEP_UNITS, get("limit"), (value) => this.ext.set(element, owner, "mc:Step", { limit: value, text: "" })),
          text("mc-result", "Kết quả", get("result"), set("result")),
          select("mc-form", "Biểu mẫu", [["", "(không có)"], ...this.setup.forms], form.get("ref"), form.set("ref")),
          select("mc-signer", "Quy tắc ký", SIGNERS, signer.get("rule"), signer.set("rule")),
          select("mc-silence", "Im lặng là đồng ý sau", [["", "(không)"], ...names], silence.get("limit"), silence.set("limit")),
          text("mc-stage", "Giai đoạn", get("stage"), set("stage")),
          text("mc-row", "Số thứ tự trong bảng", get("row"), set("row")),
          check("mc-generated", "Không có trong bảng của quyết định", () => get("generated")() === "true", (value) => set("generated")(value ? "true" : "")),
        ],
      },
      this.documents(element, owner),
    ];
  }

  documents(element, owner) {
    return {
      id: "mc-documents",
      label: "Một cửa: thành phần hồ sơ",
      component: ListGroup,
      add: (event) => {
        event.stopPropagation();
        const number = extensions(owner, "mc:Document").length + 1;
        this.ext.add(element, owner, "mc:Document", { code: `giay_to_${number}`, name: "Giấy tờ mới", original: "1" });
      },
      items: extensions(owner, "mc:Document").map((each, place) => {
        const put = (name) => (value) => this.modeling.updateModdleProperties(element, each, { [name]: value || undefined });
        return {
          id: `mc-document-${place}`,
          label: each.name || each.code || "(chưa có tên)",
          remove: (event) => {
            event.stopPropagation();
            this.ext.remove(element, owner, each);
          },
          entries: [
            text(`mc-document-${place}-code`, "Mã", () => each.code, put("code")),
            text(`mc-document-${place}-name`, "Tên", () => each.name, put("name")),
            text(`mc-document-${place}-original`, "Số bản chính", () => each.original, put("original")),
            text(`mc-document-${place}-copy`, "Số bản sao", () => each.get("copy"), put("copy")),
          ],
        };
      }),
    };
  }

  lane(element, owner) {
    const { get, set } = this.field(element, owner, "mc:Lane", true);
    return { id: "mc-lane", label: "Một cửa: làn", shouldOpen: true, entries: [select("mc-lane-role", "Vai trò của làn", [["", "(chưa chọn)"], ...this.setup.roles], get("role"), set("role"))] };
  }

  hold(element, owner) {
    const { get, set } = this.field(element, owner, "mc:Hold");
    const kind = (value) => {
      const found = extension(owner, "mc:Hold");
      if (!value && found) this.ext.remove(element, owner, found);
      else if (value) this.ext.set(element, owner, "mc:Hold", found ? { kind: value } : { kind: value, policy: "regime" });
    };
    const entries = [select("mc-hold-kind", "Tạm dừng vì chờ", HOLD_KINDS, get("kind"), kind)];
    if (extension(owner, "mc:Hold")) {
      entries.push(
        select("mc-hold-policy", "Cách tính sau tạm dừng", POLICIES, () => get("policy")() || "regime", set("policy")),
        lines("mc-hold-ground", "Căn cứ tạm dừng", get("ground"), set("ground")),
      );
    }
    return { id: "mc-hold", label: "Một cửa: tạm dừng", shouldOpen: true, entries };
  }

  timer(element, definition) {
    const names = limitNames(homeOf(element)).map((each) => [each, each]);
    const get = () => definition.timeDuration?.body ?? definition.timeDate?.body ?? definition.timeCycle?.body;
    const set = (name) => {
      const expression = name ? this.factory.create("bpmn:FormalExpression", { body: name }) : undefined;
      if (expression) expression.$parent = definition;
      this.modeling.updateModdleProperties(element, definition, { timeDuration: expression, timeDate: undefined, timeCycle: undefined });
    };
    const description = names.length ? undefined : "Khai báo thời hạn có tên ở thuộc tính của quy trình (chọn khung).";
    return { id: "mc-timer", label: "Một cửa: thời hạn", shouldOpen: true, entries: [select("mc-timer-limit", "Thời hạn có tên", [["", "(chưa chọn)"], ...names], get, set, { description })] };
  }

  condition(element, flow) {
    const set = (value) => {
      const body = (value ?? "").trim();
      const expression = body ? this.factory.create("bpmn:FormalExpression", { body }) : undefined;
      if (expression) expression.$parent = flow;
      this.modeling.updateModdleProperties(element, flow, { conditionExpression: expression });
    };
    return {
      id: "mc-condition",
      label: "Một cửa: điều kiện",
      shouldOpen: true,
      entries: [
        text("mc-condition-text", "Điều kiện đi theo luồng này", () => flow.conditionExpression?.body, set, { description: "Ví dụ: ket_luan == \"bo_sung\". Chỉ hỏi giá trị của các biểu mẫu." }),
        check("mc-default", "Luồng mặc định", () => flow.sourceRef.default === flow, (value) => this.modeling.updateModdleProperties(element, flow.sourceRef, { default: value ? flow : undefined })),
      ],
    };
  }
}

OfficeGroups.$inject = ["propertiesPanel", "injector", "config.office"];

export default { __init__: ["officeGroups"], officeGroups: ["type", OfficeGroups] };
