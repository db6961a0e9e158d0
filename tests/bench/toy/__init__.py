"""The floor: pages that a Django without any portal answers with as many bytes."""
