// The office's own elements (urn:motcua:bpmn:1) on a diagram's elements: read, set and removed as
// one step of undo each.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";

/** The extension of a type on a moddle element, if there is one. */
export const extension = (owner, type) => extensions(owner, type)[0];

/** All extensions of a type on a moddle element. */
export const extensions = (owner, type) =>
  (owner.get("extensionElements")?.get("values") ?? []).filter((each) => is(each, type));

const filled = (values) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value === "" || value == null ? undefined : String(value)]));

/** Changes extensions; `element` is the shape that redraws, `owner` the moddle element. */
export class Extensions {
  constructor(bpmnFactory, modeling) {
    this.factory = bpmnFactory;
    this.modeling = modeling;
  }

  create(owner, type, values) {
    const made = this.factory.create(type, filled(values));
    return made;
  }

  /** Set attributes of the one extension of a type; it is made when there is none. */
  set(element, owner, type, values, alone = false) {
    const found = extension(owner, type);
    if (alone && Object.values(filled(values)).every((each) => each === undefined)) {
      if (found) this.remove(element, owner, found);
      return;
    }
    if (found) this.modeling.updateModdleProperties(element, found, filled(values));
    else this.add(element, owner, type, values);
  }

  add(element, owner, type, values) {
    const made = this.factory.create(type, filled(values));
    const holder = owner.get("extensionElements");
    if (holder) {
      made.$parent = holder;
      this.modeling.updateModdleProperties(element, holder, { values: [...holder.get("values"), made] });
      return;
    }
    const fresh = this.factory.create("bpmn:ExtensionElements", { values: [made] });
    made.$parent = fresh;
    fresh.$parent = owner;
    this.modeling.updateModdleProperties(element, owner, { extensionElements: fresh });
  }

  remove(element, owner, extension) {
    const holder = owner.get("extensionElements");
    const values = holder.get("values").filter((each) => each !== extension);
    if (values.length) this.modeling.updateModdleProperties(element, holder, { values });
    else this.modeling.updateModdleProperties(element, owner, { extensionElements: undefined });
  }
}

Extensions.$inject = ["bpmnFactory", "modeling"];

/** The process an element stands for: itself, a pool's, or the first one of a collaboration. */
export const processOf = (element) => {
  const owner = getBusinessObject(element);
  if (is(owner, "bpmn:Process")) return owner;
  if (is(owner, "bpmn:Participant")) return owner.processRef;
  if (is(owner, "bpmn:Collaboration")) return owner.participants?.find((each) => each.processRef)?.processRef;
  return undefined;
};

/** The process an element is in. */
export const homeOf = (element) => {
  for (let at = getBusinessObject(element); at; at = at.$parent) if (is(at, "bpmn:Process")) return at;
  return processOf(element);
};

/** The names of the limits that timers of a process may call. */
export const limitNames = (process) => (process ? extensions(process, "mc:NamedLimit").map((each) => each.name).filter(Boolean) : []);

/** A limit's amount and unit: "8wd" → ["8", "wd"]. */
export const limitParts = (text) => {
  if (text === "same-day") return ["", "same-day"];
  const found = /^\s*(\d+(?:[.,]\d+)?)\s*(wd|wh|wm|d|mo)\s*$/.exec(text ?? "");
  return found ? [found[1], found[2]] : [text ?? "", ""];
};
