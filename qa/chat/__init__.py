"""What the chat page does with a question, before any framework: asked, kept, shown again, explained, handed out."""
