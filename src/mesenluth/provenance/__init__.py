"""Where artifacts come from: code, environment, inputs."""
