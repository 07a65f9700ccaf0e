// List: an intrusive doubly linked list of objects that inherit ListNode<Tag>. It owns nothing; an object that is
// destroyed must have been unlinked. Unlinking needs no list, so one node serves whichever list its object is in.
// Lifetime: nodes may come and go while the list is walked by popping from its front. Thread rule: one thread at a
// time.
#ifndef WEIR_BASE_LIST_H_
#define WEIR_BASE_LIST_H_

#include <cstddef>

namespace weir {

template <class Tag>
class ListNode {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;

  bool linked() const { return next_ != nullptr; }
  void Unlink() {
    if (next_ == nullptr) return;
    prev_->next_ = next_;
    next_->prev_ = prev_;
    prev_ = next_ = nullptr;
  }

 private:
  template <class T, class U>
  friend class List;

  ListNode* prev_ = nullptr;
  ListNode* next_ = nullptr;
};

template <class T, class Tag>
class List {
 public:
  using Node = ListNode<Tag>;

  List() { head_.prev_ = head_.next_ = &head_; }
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  bool empty() const { return head_.next_ == &head_; }
  T* front() { return empty() ? nullptr : static_cast<T*>(head_.next_); }
  // The object behind `item` in the list, or nullptr.
  T* Next(T* item) {
    Node* next = static_cast<Node*>(item)->next_;
    return next == &head_ ? nullptr : static_cast<T*>(next);
  }
  // Unlinks `item` from wherever it is and puts it at the end.
  void Append(T* item) {
    Node* node = item;
    node->Unlink();
    node->prev_ = head_.prev_;
    node->next_ = &head_;
    head_.prev_->next_ = node;
    head_.prev_ = node;
  }
  T* PopFront() {
    T* item = front();
    if (item != nullptr) static_cast<Node*>(item)->Unlink();
    return item;
  }
  // Moves all of `other` behind the own ones.
  void TakeAll(List& other) {
    if (other.empty()) return;
    other.head_.next_->prev_ = head_.prev_;
    head_.prev_->next_ = other.head_.next_;
    other.head_.prev_->next_ = &head_;
    head_.prev_ = other.head_.prev_;
    other.head_.prev_ = other.head_.next_ = &other.head_;
  }

 private:
  Node head_;
};

}  // namespace weir

#endif  // WEIR_BASE_LIST_H_
