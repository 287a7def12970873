"""Where things are in what helm renders: objects by kind."""


def workload(objects):
    return objects.get("Deployment") or objects["StatefulSet"]


def pod(objects):
    return workload(objects)["spec"]["template"]["spec"]


def container(objects):
    return pod(objects)["containers"][0]


def flags(objects):
    return container(objects)["args"]


def secret_files(objects):
    """The files of the Secrets, by name."""
    return {name: text for item in objects.values() for name, text in item.get("stringData", {}).items()}
