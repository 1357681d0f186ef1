"""Printed reports: one value, shown as XLSX, PDF, CSV, JSON or lines of text."""
