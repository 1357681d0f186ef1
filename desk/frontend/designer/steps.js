// What is drawn as a task is a step somebody does: a user task with mc:step and its lane's role.
import ElementFactory from "bpmn-js/lib/features/modeling/ElementFactory";
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { extension } from "./model.js";

class StepFactory extends ElementFactory {
  create(elementType, attrs) {
    const isDrawn = elementType === "shape" && !attrs?.businessObject;
    const drawn = isDrawn && attrs.type === "bpmn:Task" ? { ...attrs, type: "bpmn:UserTask" } : attrs;
    const made = super.create(elementType, drawn);
    if (isDrawn && drawn.type === "bpmn:UserTask") {
      const owner = getBusinessObject(made);
      const step = this._bpmnFactory.create("mc:Step", { kind: "other" });
      const holder = this._bpmnFactory.create("bpmn:ExtensionElements", { values: [step] });
      step.$parent = holder;
      holder.$parent = owner;
      owner.extensionElements = holder;
    }
    return made;
  }
}

StepFactory.$inject = [...ElementFactory.$inject];

function LaneRoles(eventBus, elementRegistry) {
  eventBus.on("commandStack.shape.create.postExecuted", ({ context: { shape } }) => {
    const step = is(shape, "bpmn:UserTask") && extension(getBusinessObject(shape), "mc:Step");
    if (!step || step.role) return;
    const [x, y] = [shape.x + shape.width / 2, shape.y + shape.height / 2];
    const lanes = elementRegistry.filter((each) => is(each, "bpmn:Lane") && x > each.x && x < each.x + each.width && y > each.y && y < each.y + each.height);
    const inner = lanes.sort((a, b) => a.width * a.height - b.width * b.height)[0];
    const role = inner && extension(getBusinessObject(inner), "mc:Lane")?.role;
    if (!role) return;
    step.role = role;
    step.unit = getBusinessObject(inner).name;
  });
}

LaneRoles.$inject = ["eventBus", "elementRegistry"];

export default {
  __init__: ["laneRoles"],
  elementFactory: ["type", StepFactory],
  laneRoles: ["type", LaneRoles],
};
