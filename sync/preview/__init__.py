"""What new or changed links and field mappings would do, before they are saved; writes nothing."""

from sync.preview.asking import preview_link, preview_mapping, preview_plan

__all__ = ["preview_link", "preview_mapping", "preview_plan"]
