// Something that tells its listeners that it changed. What changed is read from it afterwards.
export class Observable {
  private readonly listeners = new Set<() => void>();

  // The returned function ends the subscription.
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  protected changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
