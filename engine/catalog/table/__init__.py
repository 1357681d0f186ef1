"""A decision's table of steps (bảng quy trình nội bộ) ⇄ a BPMN diagram with its drawing."""
